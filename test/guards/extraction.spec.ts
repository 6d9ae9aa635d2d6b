import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { Attempt } from '../../lib/guards/attempt.js';
import { extract } from '../../lib/guards/extraction.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
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
    const read = () => extract({ scheme, references: new Set() }, scheme, { headers: {} });
    expect(read).toThrow('extract() must not be asynchronous');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
  });
});

it('tells why credentials are malformed by the cause of their failure', () => {
  const scheme = new HTTPBearer({ validate: () => ({ user: 'jane' }) });
  const entry = { scheme, references: new Set<never>() };
  const sent = extract(entry, scheme, { headers: { authorization: 'Bearer a b' } });
  const { failure, credentials, isPresent } = new Attempt(entry, scheme, sent);
  expect(failure).toBeInstanceOf(InvalidTokenException);
  expect(failure?.cause).toBeInstanceOf(MalformedError);
  expect({ credentials, isPresent }).toStrictEqual({ credentials: undefined, isPresent: true });
});
