import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { isScopeToken, parseScope, serializeScope } from '../../lib/protocol/scope.js';
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

describe('serializeScope', () => {
  it.each<[string[], string | undefined]>([
    [['me', 'items'], 'me items'],
    [['me', 'a b', '"', 'items'], 'me items'],
    [['a\r\nb'], undefined],
    [[], undefined],
  ])('writes %j', (scopes, value) => {
    expect(serializeScope(scopes)).toBe(value);
  });
});
