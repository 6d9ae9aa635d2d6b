import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { Attempt } from '../../lib/guards/attempt.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
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
    const attempt = new Attempt({ scheme, references: new Set() }, scheme);
    expect(() => attempt.extract({ headers: {} })).toThrow('extract() must not be asynchronous');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
  });
});

it('tells why credentials are malformed by the cause of their failure', () => {
  const scheme = new HTTPBearer({ validate: () => ({ user: 'jane' }) });
  const { failure, credentials, isPresent } = new Attempt(
    { scheme, references: new Set() },
    scheme,
  ).extract({ headers: { authorization: 'Bearer a b' } });
  expect(failure).toBeInstanceOf(InvalidTokenException);
  expect(failure?.cause).toBeInstanceOf(MalformedError);
  expect({ credentials, isPresent }).toStrictEqual({ credentials: undefined, isPresent: true });
});

it('accepts nothing by a scheme that lacks the validate it was registered with', () => {
  vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const registered = new APIKeyHeader({ name: 'X-Key', validate: () => ({ user: 'jane' }) });
  const request = { headers: { 'x-key': 'a' } };
  const attempt = new Attempt(
    { scheme: registered, references: new Set() },
    new APIKeyHeader({ name: 'X-Key' }),
  ).extract(request);
  expect(() => attempt.validate({ scopes: [], scopeStr: '', request }, 1)).toThrow(
    'validate is undefined, so that whatever is sent would be accepted',
  );
  expect(attempt.accepted).toBeUndefined();
  vi.restoreAllMocks();
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

describe('an answer of a scheme whose answers are looked through no more', () => {
  const later = () => Promise.reject(new Error('nobody waits')) as never;
  it.each<[string, () => Record<string, unknown>]>([
    ['the user', () => ({ user: later() })],
    ['the scopes', () => ({ scopes: later() })],
    ['a scope of a list', () => ({ scopes: ['a', later(), later()] })],
    ['a scope of a set', () => ({ scopes: new Set([later(), 'a']) })],
    ['the time', () => ({ expiresAt: later() })],
  ])('is an error where %s has to be waited for', async (_case, answer) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    let more: object = {};
    const validate = () => ({ user: 'jane', scopes: ['a'], ...more }) as never;
    const scheme = new APIKeyHeader({ name: 'X-Key', validate });
    const request = { headers: { 'x-key': 'a' } };
    const context = { scopes: [], scopeStr: '', request };
    const entry = { scheme, references: new Set<never>() };
    const ask = () => new Attempt(entry, scheme).extract(request).validate(context, 1);
    for (let answered = 0; answered < 200; answered++) expect(ask()).toBe(true);
    more = answer();
    expect(ask).toThrow('validate() must return { user, scopes? }');
    await new Promise((resolve) => setImmediate(resolve));
    vi.restoreAllMocks();
  });
});

describe('an answer that says until when', () => {
  afterEach(() => vi.restoreAllMocks());
  const now = () => Date.now() / 1000;
  const validate = (expiresAt: unknown) => {
    const scheme = new APIKeyHeader({
      name: 'X-Key',
      validate: () => ({ user: 'jane', expiresAt }) as never,
    });
    const request = { headers: { 'x-key': 'key-of-jane' } };
    const attempt = new Attempt({ scheme, references: new Set() }, scheme).extract(request);
    return { attempt, valid: attempt.validate({ scopes: [], scopeStr: '', request }, 1) };
  };

  it.each<[string, unknown]>([
    ['a minute ago', now() - 60],
    ['in 1970', 0],
    ['before anything', -Infinity],
  ])('is refused where that was %s', (_case, expiresAt) => {
    const { attempt, valid } = validate(expiresAt);
    expect(valid).toBe(false);
    expect(attempt.failure?.getStatus()).toBe(401);
    expect(attempt.accepted).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['in an hour', now() + 3600],
    ['at the end of what is meant in seconds', 1e12 - 1],
    ['never', Infinity],
    ['not known', undefined],
  ])('is accepted where that is %s', (_case, expiresAt) => {
    const { attempt, valid } = validate(expiresAt);
    expect(valid).toBe(true);
    expect(attempt.accepted?.expiresAt).toBe(expiresAt);
  });

  it.each<[string, unknown]>([
    ['no number', Number.NaN],
    ['a text', '2999999999'],
    ['a date', new Date('2999-01-01')],
    ['null', null],
  ])('is an error where that is %s', (_case, expiresAt) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(() => validate(expiresAt)).toThrow('expiresAt as a number of seconds');
  });

  it.each([1e12, Date.now() + 3_600_000])('is an error where that is %d milliseconds', (time) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(() => validate(time)).toThrow('it returned milliseconds');
  });
});
