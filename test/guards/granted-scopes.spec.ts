import { describe, expect, it } from 'vitest';
import { grantedScopes, grantsAll } from '../../lib/guards/granted-scopes.js';

describe('grantedScopes', () => {
  it.each<[string, { scopes: unknown }[], string[]]>([
    ['a list', [{ scopes: ['a', 'b'] }], ['a', 'b']],
    ['a set', [{ scopes: new Set(['a']) }], ['a']],
    ['several schemes, taken together', [{ scopes: ['a'] }, { scopes: ['b', 'a'] }], ['a', 'b']],
    ['a scheme that grants none', [{ scopes: undefined }, { scopes: ['a'] }], ['a']],
    ['an empty list', [{ scopes: [] }], []],
    ['nobody', [], []],
  ])('takes %s', (_case, grants, expected) => {
    expect([...grantedScopes(grants)]).toStrictEqual(expected);
  });

  it.each<[string, unknown]>([
    ['a text', 'a b'],
    ['an object', { a: true }],
    ['a map', new Map([['a', 'b']])],
    ['null', null],
    ['a number', 1],
    ['true', true],
    ['what is like a list', { length: 1, 0: 'a' }],
    ['an iterator', ['a'].values()],
  ])('takes %s for none', (_case, scopes) => {
    expect([...grantedScopes([{ scopes }])]).toStrictEqual([]);
  });

  it('leaves out what is no text', () => {
    expect([...grantedScopes([{ scopes: ['a', 1, null, ['b'], { c: 1 }] }])]).toStrictEqual(['a']);
  });
});

describe('grantsAll', () => {
  const grant = (...scopes: string[]) => [{ scopes }];

  it.each([
    ['every scope', ['a', 'b'], grant('b', 'a', 'c')],
    ['scopes of two schemes together', ['a', 'b'], [{ scopes: ['a'] }, { scopes: ['b'] }]],
    ['no scope required', [], []],
  ])('accepts %s', (_case, required, grants) => {
    expect(grantsAll(required, grants, undefined)).toBe(true);
  });

  it.each([
    ['a part', ['a', 'b'], grant('a')],
    ['none', ['a'], []],
    ['another case', ['a'], grant('A')],
    ['a longer scope', ['read'], grant('read:all')],
    ['a shorter scope', ['read:all'], grant('read')],
    ['several in one text', ['a'], grant('a b')],
    ['scopes as a text', ['a'], [{ scopes: 'a' }]],
    ['whitespace around', ['a'], grant(' a')],
  ])('refuses %s', (_case, required, grants) => {
    expect(grantsAll(required, grants, undefined)).toBe(false);
  });

  const hierarchical = (granted: string, required: string) =>
    granted === required || (granted.endsWith(':*') && required.startsWith(granted.slice(0, -1)));

  it.each([
    ['a covered scope', ['items:read'], grant('items:*'), true],
    ['a scope of another branch', ['users:read'], grant('items:*'), false],
    ['one of two', ['items:read', 'users:read'], grant('items:*'), false],
    ['both of two', ['items:read', 'me'], grant('items:*', 'me'), true],
    ['a wildcard that is required', ['items:*'], grant('items:read'), false],
  ])('asks the matcher about %s', (_case, required, grants, expected) => {
    expect(grantsAll(required, grants, hierarchical)).toBe(expected);
  });
});
