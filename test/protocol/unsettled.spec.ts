import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdsPromise, isUnsettled, silence } from '../../lib/protocol/unsettled.js';

const rejections: unknown[] = [];
const record = (reason: unknown) => void rejections.push(reason);
beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', record);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', record);
  expect(rejections).toStrictEqual([]);
});

const rejected = () => Promise.reject(new Error('nobody waits for it'));
class Later extends Promise<unknown> {}

const THEN = 'then' as string;

describe('isUnsettled', () => {
  it.each<[string, () => unknown]>([
    ['a promise', rejected],
    ['a promise of a class of its own', () => Later.reject(new Error('later'))],
    ['what has a then', () => ({ [THEN]: () => undefined })],
  ])('knows %s', (_case, make) => {
    expect(isUnsettled(make())).toBe(true);
  });

  it.each([undefined, null, 'then', 1, {}, { [THEN]: true }, () => undefined])(
    'takes %o for what it is',
    (value) => {
      expect(isUnsettled(value)).toBe(false);
    },
  );
});

describe('holdsPromise', () => {
  class User {
    constructor(readonly profile: unknown) {}
  }
  const symbol = Symbol('member');

  it.each<[string, () => unknown]>([
    ['a member', () => ({ a: rejected() })],
    ['a member of an instance', () => new User(rejected())],
    [
      'a member that is not enumerable',
      () => Object.defineProperty({}, 'a', { value: rejected() }),
    ],
    ['a symbol', () => ({ [symbol]: rejected() })],
    ['an object within', () => ({ a: { b: { c: rejected() } } })],
    [
      'an object without a prototype',
      () => ({ a: Object.assign(Object.create(null), { b: rejected() }) }),
    ],
    ['a list', () => [1, [rejected()]]],
    ['a map', () => ({ a: new Map([['key', rejected()]]) })],
    ['the keys of a map', () => new Map([[rejected(), 1]])],
    ['a set', () => ({ a: new Set([{ b: rejected() }]) })],
    ['what it inherits', () => Object.create({ a: rejected() })],
    ['what it inherits, a promise itself', () => Object.create(rejected())],
    ['what an object within inherits', () => ({ a: Object.create({ b: rejected() }) })],
    ['an error within', () => ({ a: new Error('a', { cause: rejected() }) })],
    ['members of a list', () => ({ list: Object.assign([], { total: rejected() }) })],
    [
      'a list, before one that cannot be awaited',
      () => [rejected(), Object.assign(Promise.resolve(), { [THEN]: undefined })],
    ],
  ])('finds one in %s', (_case, make) => {
    expect(holdsPromise(make())).toBe(true);
  });

  it('finds all of them', () => {
    expect(holdsPromise({ a: rejected(), b: [rejected(), { c: rejected() }] })).toBe(true);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'text'],
    ['an object', { id: 1, roles: ['a'], at: new Date(0) }],
    ['what refers to itself', circular],
  ])('finds none in %s', (_case, value) => {
    expect(holdsPromise(value)).toBe(false);
  });

  it('takes over the rejections of an error, its causes and what it collects', () => {
    const deep = new Error('a', { cause: new Error('b', { cause: { c: rejected() } }) });
    silence(new AggregateError([deep, rejected()], 'd', { cause: rejected() }));
    silence(rejected());
    silence(undefined);
    expect(holdsPromise(deep)).toBe(true);
  });

  it('asks no accessor, nor looks into instances within, as of a database client', () => {
    let asked = 0;
    const user = {
      get posts() {
        asked++;
        return Promise.resolve([]);
      },
      client: new User(Promise.resolve()),
      proxy: new Proxy({}, { ownKeys: () => (asked++, []) }),
    };
    expect(holdsPromise(user)).toBe(false);
    expect(holdsPromise(user.proxy)).toBe(false);
    expect(asked).toBe(0);
  });
});
