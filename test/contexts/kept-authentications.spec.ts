import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { scopeList } from '../../lib/contexts/accepted-credentials.js';
import { CallAuthentication } from '../../lib/contexts/call-authentication.js';
import {
  authenticationOf,
  authenticationsIn,
  forgetAuthentication,
  isDecided,
  keepAuthentication,
  withdrawAuthentication,
} from '../../lib/contexts/kept-authentications.js';
import type { Policy } from '../../lib/policies/policy.js';

const policy = {} as Policy;
const callOf = (key: object) => ({ request: key as never, key, shared: key });
const contextOf = (handler: Function) => ({ getHandler: () => handler }) as ExecutionContext;

describe('scopeList', () => {
  it.each<[string, unknown, string[]]>([
    ['a list', ['a', 'b'], ['a', 'b']],
    ['a set', new Set(['a']), ['a']],
    ['an empty list', [], []],
    ['a list of which some are no text', ['a', 1, null, ['b'], { c: 1 }], ['a']],
    [
      'a list that iterates over more',
      Object.assign(['a'], { [Symbol.iterator]: () => ['b'].values() }),
      ['a'],
    ],
    [
      'a list of a class of its own, whose methods are not asked',
      Object.assign(Object.setPrototypeOf(['a'], { filter: () => ['b'], slice: () => ['b'] }), {
        constructor: { [Symbol.species]: class extends Array {} },
      }),
      ['a'],
    ],
    [
      'a set that iterates over more',
      Object.assign(new Set(['a']), { values: () => ['b'].values() }),
      ['a'],
    ],
  ])('takes %s', (_case, scopes, expected) => {
    expect(scopeList(scopes)).toStrictEqual(expected);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a text', 'a b'],
    ['an object', { a: true }],
    ['a map', new Map([['a', 'b']])],
    ['null', null],
    ['a number', 1],
    ['true', true],
    ['what is like a list', { length: 1, 0: 'a' }],
    ['an iterator', ['a'].values()],
    ['what passes for a set', Object.create(Set.prototype)],
  ])('takes %s for none', (_case, scopes) => {
    expect(scopeList(scopes)).toStrictEqual([]);
  });
});

describe('keepAuthentication', () => {
  const accepted = {
    entry: {} as never,
    user: 'jane',
    credentials: 'x',
    scopes: [],
    expiresAt: undefined,
  };
  const handler = () => undefined;

  it('is known until it is forgotten', () => {
    const key = {};
    const authentication = new CallAuthentication(policy, [accepted]);
    keepAuthentication(callOf(key), contextOf(handler), authentication);
    expect(authenticationOf(key)).toBe(authentication);
    forgetAuthentication(callOf(key));
    expect(authenticationOf(key)).toBeUndefined();
  });

  it('is decided for one context only', () => {
    const key = {};
    const context = contextOf(handler);
    keepAuthentication(callOf(key), context, new CallAuthentication(policy, []));
    expect(isDecided(key, context)).toBe(true);
    expect(isDecided(key, contextOf(handler))).toBe(false);
    expect(isDecided({}, context)).toBe(false);
  });

  it('is decided for each of the calls that share it', () => {
    const shared = {};
    const authentication = new CallAuthentication(policy, [accepted], 0);
    const calls = [{}, {}].map((key) => ({ call: { ...callOf(key), shared }, key }));
    const contexts = calls.map(({ call }) => {
      const context = contextOf(handler);
      keepAuthentication(call, context, authentication);
      return context;
    });
    expect(calls.map(({ key }, index) => isDecided(key, contexts[index]!))).toEqual([true, true]);
    expect(isDecided(calls[0]!.key, contexts[1]!)).toBe(false);
    expect(calls.map(({ key }) => authenticationOf(key)!.own)).toEqual([[], []]);
    expect(authenticationOf(calls[1]!.key)!.accepted).toEqual([accepted]);
  });

  it('leaves a user from elsewhere where nobody authenticated', () => {
    const key = { user: 'from a session' };
    keepAuthentication(callOf(key), contextOf(handler), new CallAuthentication(policy, []));
    expect(key.user).toBe('from a session');
    keepAuthentication(callOf(key), contextOf(handler), new CallAuthentication(policy, [accepted]));
    expect(key.user).toBe('jane');
  });
});

describe('what Nest injects for several calls', () => {
  it('has the latest of each policy, until that is refused', () => {
    const injected = {};
    const call = () => ({ ...callOf({}), request: {} as never, injected });
    const other = {} as Policy;
    const [first, second, third] = [policy, other, policy].map(
      (each) => new CallAuthentication(each, []),
    );
    for (const each of [first!, second!, third!]) keepAuthentication(call(), undefined, each);
    expect(authenticationsIn(injected)).toEqual([third, second]);
    expect(authenticationsIn(injected)[0]).toBe(third);
    withdrawAuthentication(call(), policy, false);
    expect(authenticationsIn(injected)).toEqual([second]);
  });

  describe('of a connection', () => {
    const entry = (schemeName: string) => ({ scheme: { schemeName } }) as never;
    const [token, key] = [entry('token'), entry('key')];
    const policyOf = (...schemes: never[]) => ({ schemes }) as unknown as Policy;
    const under = (of: Policy, by: never, expiresAt?: number) =>
      new CallAuthentication(of, {
        entry: by,
        user: 'ada',
        credentials: '',
        scopes: [],
        expiresAt,
      });
    const [ofToken, alsoOfToken, ofKey] = [policyOf(token), policyOf(token), policyOf(key)];
    const injected = () => {
      const client = {};
      const call = () => ({ request: {} as never, key: {}, shared: {}, injected: client });
      const keep = (each: CallAuthentication) => keepAuthentication(call(), undefined, each);
      return { client, call, keep };
    };

    it('are forgotten under all policies whose credentials are found bad under one', () => {
      const { client, call, keep } = injected();
      const byKey = under(ofKey, key);
      for (const each of [under(ofToken, token), under(alsoOfToken, token), byKey]) keep(each);
      withdrawAuthentication(call(), ofToken, true);
      expect(authenticationsIn(client).map((each) => each.policy)).toEqual([ofKey]);
    });

    it('stay where good credentials lack a scope under another policy', () => {
      const { client, call, keep } = injected();
      for (const each of [under(ofToken, token), under(alsoOfToken, token)]) keep(each);
      withdrawAuthentication(call(), ofToken, false);
      expect(authenticationsIn(client).map((each) => each.policy)).toEqual([alsoOfToken]);
    });

    it.each<[string, (of: ReturnType<typeof injected>) => void, Policy[]]>([
      ['the next is accepted', ({ keep }) => keep(under(ofKey, key)), [ofKey]],
      ['one requires nothing', ({ call }) => forgetAuthentication(call()), []],
    ])('are forgotten once they have expired and %s', (_case, next, expected) => {
      const of = injected();
      vi.useFakeTimers({ now: 0 });
      of.keep(under(ofToken, token, 60));
      vi.setSystemTime(59_000);
      forgetAuthentication(of.call());
      expect(authenticationsIn(of.client)).toHaveLength(1);
      vi.setSystemTime(60_000);
      next(of);
      expect(authenticationsIn(of.client).map((each) => each.policy)).toEqual(expected);
      vi.useRealTimers();
    });
  });
});
