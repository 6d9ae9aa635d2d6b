import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { isScopeToken, missingScopes, parseScope } from '../../lib/protocol/scope.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('isScopeToken', () => {
  it.each(['items', 'items:read', 'https://example.com/items', '!', '#[]~', '__proto__', '*'])(
    'accepts %j',
    (value) => {
      expect(isScopeToken(value)).toBe(true);
    },
  );

  it.each(['', ' ', 'a b', '"', '\\', 'a\n', '\t', '\0', '\x7f', 'é', 'Ā', '\u00a0'])(
    'refuses %j',
    (value) => {
      expect(isScopeToken(value)).toBe(false);
    },
  );
});

describe('parseScope', () => {
  it.each<[string, string, string[]]>([
    ['RFC 6750, section 3', 'openid profile email', ['openid', 'profile', 'email']],
    ['an empty value', '', []],
    ['only spaces', '   ', []],
    ['surplus spaces', '  a   b ', ['a', 'b']],
    ['duplicates, which it keeps', 'a b a', ['a', 'b', 'a']],
    ['upper and lower case as different', 'a A', ['a', 'A']],
    ['a comma as part of a scope', 'a,b', ['a,b']],
  ])('parses %s', (_, value, scopes) => {
    expect(parseScope(value)).toEqual(scopes);
  });

  it.each(['a\tb', 'a\nb', 'a\r\n', 'a\u00a0b', 'a "b"', 'a\\', 'é', 'a \0', 'a \x7f'])(
    'refuses %j',
    (value) => {
      expect(() => parseScope(value)).toThrow(MalformedError);
    },
  );

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseScope);
  });

  it('parses a mebibyte of spaces', () => {
    expect(parseScope(`${' '.repeat(MEBIBYTE)}a`)).toEqual(['a']);
  });

  it('refuses a mebibyte of scope before a bad character', () => {
    expect(() => parseScope(`${'a'.repeat(MEBIBYTE)}"`)).toThrow(MalformedError);
  });
});

describe('missingScopes', () => {
  it.each<[string, string[], string[], string[]]>([
    ['nothing when nothing is required', [], ['a'], []],
    ['nothing when all are granted', ['a', 'b'], ['b', 'a', 'c'], []],
    ['everything when nothing is granted', ['b', 'a'], [], ['b', 'a']],
    ['what is not granted, in order', ['c', 'a', 'b'], ['a'], ['c', 'b']],
    ['a scope of which a part is granted', ['items:read'], ['items', 'read'], ['items:read']],
    ['a scope that is part of a granted one', ['items'], ['items:read'], ['items']],
    ['a scope in another case', ['Items'], ['items'], ['Items']],
    ['a name of Object.prototype', ['constructor'], [], ['constructor']],
  ])('lists %s', (_, required, granted, missing) => {
    expect(missingScopes(required, new Set(granted))).toEqual(missing);
  });

  const covers = (granted: string, required: string): boolean =>
    granted.endsWith('*') ? required.startsWith(granted.slice(0, -1)) : granted === required;

  it('asks the matcher with the granted scope first', () => {
    const granted = new Set(['items:*']);
    expect(missingScopes(['items:read', 'users:read'], granted, covers)).toEqual(['users:read']);
    expect(missingScopes(['items:*'], new Set(['items:read']), covers)).toEqual(['items:*']);
  });

  it('lets the matcher refuse even an equal scope', () => {
    expect(missingScopes(['a'], new Set(['a']), () => false)).toEqual(['a']);
  });
});
