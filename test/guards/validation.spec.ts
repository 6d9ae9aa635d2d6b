import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Unaccepted } from '../../lib/guards/unaccepted.js';
import { validate } from '../../lib/guards/validation.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';

const context = { scopes: [], scopeStr: '', request: { headers: { 'x-key': 'key-of-jane' } } };

it('accepts nothing by a scheme that lacks the validate it was registered with', () => {
  vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const registered = new APIKeyHeader({ name: 'X-Key', validate: () => ({ user: 'jane' }) });
  const entry = { scheme: registered, references: new Set<never>() };
  const scheme = new APIKeyHeader({ name: 'X-Key' });
  expect(() => validate(entry, scheme, 'key-of-jane', context, 1)).toThrow(
    'validate is undefined, so that whatever is sent would be accepted',
  );
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
    const entry = { scheme, references: new Set<never>() };
    expect(() => validate(entry, scheme, 'a', context, 1)).toThrow(
      'validate() must return { user, scopes? }',
    );
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
    const scheme = new APIKeyHeader({
      name: 'X-Key',
      validate: () => ({ user: 'jane', scopes: ['a'], ...more }) as never,
    });
    const entry = { scheme, references: new Set<never>() };
    const ask = () => validate(entry, scheme, 'a', context, 1);
    for (let answered = 0; answered < 200; answered++) {
      expect(ask()).toMatchObject({ user: 'jane' });
    }
    more = answer();
    expect(ask).toThrow('validate() must return { user, scopes? }');
    await new Promise((resolve) => setImmediate(resolve));
    vi.restoreAllMocks();
  });
});

describe('an answer that says until when', () => {
  afterEach(() => vi.restoreAllMocks());
  const now = () => Date.now() / 1000;
  const answering = (expiresAt: unknown) => {
    const scheme = new APIKeyHeader({
      name: 'X-Key',
      validate: () => ({ user: 'jane', expiresAt }) as never,
    });
    return validate({ scheme, references: new Set() }, scheme, 'key-of-jane', context, 1);
  };

  it.each<[string, unknown]>([
    ['a minute ago', now() - 60],
    ['in 1970', 0],
    ['before anything', -Infinity],
  ])('is refused where that was %s', (_case, expiresAt) => {
    const found = answering(expiresAt);
    expect(found).toBeInstanceOf(Unaccepted);
    expect((found as Unaccepted).failure.getStatus()).toBe(401);
  });

  it.each<[string, unknown]>([
    ['in an hour', now() + 3600],
    ['at the end of what is meant in seconds', 1e12 - 1],
    ['never', Infinity],
    ['not known', undefined],
  ])('is accepted where that is %s', (_case, expiresAt) => {
    expect(answering(expiresAt)).toMatchObject({ user: 'jane', expiresAt });
  });

  it.each<[string, unknown]>([
    ['no number', Number.NaN],
    ['a text', '2999999999'],
    ['a date', new Date('2999-01-01')],
    ['null', null],
  ])('is an error where that is %s', (_case, expiresAt) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(() => answering(expiresAt)).toThrow('expiresAt as a number of seconds');
  });

  it.each([1e12, Date.now() + 3_600_000])('is an error where that is %d milliseconds', (time) => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(() => answering(time)).toThrow('it returned milliseconds');
  });
});
