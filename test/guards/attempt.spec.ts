import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { Attempt } from '../../lib/guards/attempt.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';

class Asynchronous extends APIKeyHeader {
  constructor(private readonly outcome: () => Promise<string>) {
    super({ name: 'X-Key' });
  }
  override extract(_request: SecurityRequest): string | undefined {
    return this.outcome() as never;
  }
}

describe('an asynchronous extract', () => {
  const rejections: unknown[] = [];
  const record = (reason: unknown) => void rejections.push(reason);
  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    process.on('unhandledRejection', record);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.off('unhandledRejection', record);
  });

  it.each<[string, () => Promise<string>]>([
    ['that succeeds', () => Promise.resolve('a key')],
    ['that fails', () => Promise.reject(new Error('nobody waits for it'))],
  ])('is an error of the request, once: %s', async (_case, outcome) => {
    const scheme = new Asynchronous(outcome);
    const attempt = new Attempt({ scheme, references: new Set() }, scheme);
    expect(() => attempt.extract({ headers: {} })).toThrow('extract() must not be asynchronous');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
  });
});

describe('an answer whose members are accessors of a class', () => {
  it.each(['user', 'scopes'])('is an error where %s has to be waited for', async (name) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    class Answer {}
    const members = { user: 'jane', scopes: [], [name]: Promise.reject(new Error('nobody waits')) };
    for (const [member, value] of Object.entries(members)) {
      Object.defineProperty(Answer.prototype, member, { get: () => value });
    }
    const scheme = new APIKeyHeader({ name: 'X-Key', validate: () => new Answer() as never });
    const attempt = new Attempt({ scheme, references: new Set() }, scheme);
    const request = { headers: { 'x-key': 'a' } };
    const validate = () =>
      attempt.extract(request).validate({ scopes: [], scopeStr: '', request }, 1);
    expect(validate).toThrow('validate() must return { user, scopes? }');
    await new Promise((resolve) => setImmediate(resolve));
    vi.restoreAllMocks();
  });
});
