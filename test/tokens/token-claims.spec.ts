import { describe, expect, it } from 'vitest';
import {
  assertScopesFrom,
  grantedScopes,
  hasWellFormedDates,
  isMeantFor,
  readAudience,
  untimely,
} from '../../lib/tokens/token-claims.js';

describe('hasWellFormedDates', () => {
  it.each(['exp', 'nbf', 'iat'])('judges %s', (name) => {
    for (const date of [undefined, 0, -1, 0.5, 1e12 - 1, 1 - 1e12]) {
      expect(hasWellFormedDates({ [name]: date })).toBe(true);
    }
    for (const date of [null, '1', '', true, [1], {}, NaN, Infinity, -Infinity, 1e12, -1e12, 1n]) {
      expect(hasWellFormedDates({ [name]: date })).toBe(false);
    }
  });
});

describe('untimely', () => {
  const at = (claims: object, limits = { clockTolerance: 5 }) =>
    untimely(claims as Record<string, unknown>, limits, 1_000_999);

  it.each<[object, string | undefined]>([
    [{}, undefined],
    [{ exp: 996 }, undefined],
    [{ exp: 995 }, 'The token expired'],
    [{ exp: 995.5 }, undefined],
    [{ nbf: 1005 }, undefined],
    [{ nbf: 1005.1 }, 'The token is not valid yet'],
    [{ iat: 1005 }, undefined],
    [{ iat: 1006 }, 'The token was issued in the future'],
    [{ exp: 0, nbf: 2000, iat: 2000 }, 'The token expired'],
    [{ iat: -1e9 }, undefined],
  ])('%j: %s', (claims, reason) => {
    expect(at(claims)).toBe(reason);
  });

  it('looks at the age where it matters', () => {
    const limits = { clockTolerance: 5, maxTokenAge: 60 };
    expect(at({ iat: 935 }, limits)).toBeUndefined();
    expect(at({ iat: 934 }, limits)).toBe('The token is too old');
  });
});

describe('isMeantFor', () => {
  const isFor = (claims: object, claim?: string, names: string | string[] = ['a', 'b']) =>
    isMeantFor(readAudience('Test', names, claim), claims as Record<string, unknown>);

  it.each<[object, string?]>([
    [{ aud: 'a' }],
    [{ aud: ['x', 'b'] }],
    [{ aud: [null, 1, 'a'] }],
    [{ azp: 'a' }, 'azp'],
    [{ azp: 'a', aud: ['b'] }, 'azp'],
  ])('accepts %j', (claims, claim) => {
    expect(isFor(claims, claim)).toBe(true);
  });

  it.each<[object, string?]>([
    [{}],
    [{ aud: undefined }],
    [{ aud: null }],
    [{ aud: '' }],
    [{ aud: [] }],
    [{ aud: [['a']] }],
    [{ aud: { a: true, 0: 'a', length: 1 } }],
    [{ aud: 'a b' }],
    [{ aud: 'A' }],
    [{ aud: 'a/' }],
    [Object.create({ aud: 'a' }) as object],
    [{ azp: 'a', aud: 'x' }, 'azp'],
    [{ azp: 'a', aud: undefined }, 'azp'],
    [{ aud: 'a' }, 'azp'],
    [{ azp: 'x', aud: 'a' }, 'azp'],
  ])('refuses %j', (claims, claim) => {
    expect(isFor(claims as object, claim as string)).toBe(false);
  });

  it('does not take what every object has for a claim', () => {
    expect(isFor({}, 'constructor', 'Object')).toBe(false);
    expect(isFor({}, '__proto__')).toBe(false);
  });

  it.each([[undefined], [''], [[]], [['a', '']], [/a/], [false]])('needs names: %s', (names) => {
    expect(() => readAudience('Test', names)).toThrow(/^Test: audience must/);
  });
});

describe('grantedScopes', () => {
  const deep = { a: { 'b.c': { roles: ['r'] } }, 'x.y': 'z', list: ['one', 'two three', 4, 'one'] };

  const ZITADEL = 'urn:zitadel:iam:org:project:roles';
  const zitadel = {
    admin: { '173': 'a.zitadel.cloud' },
    reader: { '173': 'a.zitadel.cloud', '174': 'b.zitadel.cloud' },
  };

  it.each<[string | readonly string[] | undefined, object, string[]]>([
    [undefined, { scope: 'a b a' }, ['a', 'b']],
    [undefined, { scope: '', scp: 'a' }, ['a']],
    [undefined, { scope: ' ', scp: 'a' }, ['a']],
    [undefined, { scope: null, scp: ['a'] }, ['a']],
    [undefined, { scope: [], scp: 'a' }, ['a']],
    [undefined, { scope: ['', null], scp: 'a' }, ['a']],
    [undefined, { scope: '\t\n', scp: 'a' }, ['a']],
    [undefined, { scope: null, scp: null }, []],
    [undefined, { scope: 0, scp: 'a' }, []],
    [undefined, { scope: false, scp: 'a' }, []],
    [undefined, { scope: {}, scp: 'a' }, []],
    [undefined, { scope: ['', 'b'], scp: 'a' }, []],
    [undefined, { scope: '"', scp: 'a' }, []],
    [undefined, { scope: 'a\u00e9' }, []],
    [undefined, Object.create({ scope: 'admin' }) as object, []],
    [undefined, JSON.parse('{"__proto__":{"scope":"admin"}}') as object, []],
    ['a.b.c.roles', deep, ['r']],
    ['x.y', deep, ['z']],
    ['list', deep, ['one']],
    [['x.y', 'list', 'none'], deep, ['z', 'one']],
    ['a', deep, []],
    ['a.roles', deep, []],
    ['list.0', deep, ['one']],
    ['list.length', deep, []],
    ['constructor.name', deep, []],
    ['__proto__.admin', deep, []],
    [['scope', ZITADEL], { scope: 'openid', [ZITADEL]: zitadel }, ['openid', 'admin', 'reader']],
    [ZITADEL, { [ZITADEL]: { 'Team Lead': { 1: 'a' }, '"': { 1: 'a' }, ok: { 1: 'a' } } }, ['ok']],
    [ZITADEL, JSON.parse(`{"${ZITADEL}":{"__proto__":{"1":"a"}}}`) as object, ['__proto__']],
    [ZITADEL, { [ZITADEL]: Object.create(zitadel) as object }, []],
    [ZITADEL, { [ZITADEL]: {} }, []],
    [ZITADEL, { [ZITADEL]: { admin: {} } }, []],
    [ZITADEL, { [ZITADEL]: { admin: { 1: 'a' }, reader: false } }, []],
    [ZITADEL, { [ZITADEL]: { admin: { 1: false } } }, []],
    [ZITADEL, { [ZITADEL]: { admin: { 1: 'a', 2: null } } }, []],
    [ZITADEL, { [ZITADEL]: { admin: ['a'] } }, []],
    [ZITADEL, { [ZITADEL]: { admin: true, reader: 'yes', writer: null } }, []],
    [ZITADEL, { [ZITADEL]: [zitadel] }, []],
    ['resource_access', { resource_access: { account: { roles: ['admin'] } } }, []],
    ['realm_access', { realm_access: { roles: ['admin'] } }, []],
    ['permissions', { permissions: { admin: false, read: true } }, []],
    [undefined, { scope: zitadel, scp: zitadel }, []],
  ])('from %j of %j: %j', (from, claims, scopes) => {
    expect(grantedScopes(claims as Record<string, unknown>, from)).toEqual(scopes);
  });

  it.each(['kept a b a', '"', `kept ${'long '.repeat(100).trim()}`])(
    'takes the same text apart the same way again, whatever came in between: %j',
    (scope) => {
      const first = grantedScopes({ scope }, undefined);
      for (let i = 0; i < 300; i++) {
        expect(grantedScopes({ scope: `kept ${i}` }, undefined)).toEqual(['kept', `${i}`]);
      }
      expect(grantedScopes({ scope }, undefined)).toEqual(first);
    },
  );

  it('gives the names of roles in an object as what no caller can change', () => {
    expect(grantedScopes({ [ZITADEL]: zitadel }, ZITADEL)).toSatisfy(Object.isFrozen);
  });

  it.each([undefined, 'scope'])('gives what no caller can change for the next: %j', (from) => {
    const scopes = grantedScopes({ scope: 'read write' }, from) as string[];
    expect(() => scopes.push('admin')).toThrow(TypeError);
    expect(grantedScopes({ scope: 'read write' }, from)).toEqual(['read', 'write']);
  });

  it('is not held up by a path of many dots', () => {
    const path = Array.from({ length: 64 }, () => 'a').join('.');
    expect(grantedScopes({ a: {} }, path)).toEqual([]);
  });

  it.each([[''], ['a.'], ['.a'], ['a..b'], [[]], [['a', '']]])('refuses the path %j', (from) => {
    expect(() => assertScopesFrom('Test', from)).toThrow(/^Test: scopesFrom must/);
  });
});
