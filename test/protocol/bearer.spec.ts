import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScheme, parseAuthorizationHeader } from '../../lib/protocol/authorization-header.js';
import { parseBearerAuthorization, parseBearerToken } from '../../lib/protocol/bearer.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('parseBearerToken', () => {
  it.each([
    ['RFC 6750, section 2.1', 'mF_9.B5f-4.1JqM'],
    ['RFC 9449, section 7.1', 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'],
    ['padding', 'YQ=='],
    ['any amount of padding', 'a====='],
    ['every character of the grammar', 'azAZ09-._~+/'],
    ['the name of a property', '__proto__'],
  ])('parses %s', (_, token) => {
    expect(parseBearerToken(token)).toBe(token);
  });

  it.each([
    ['nothing', ''],
    ['padding alone', '=='],
    ['padding in the middle', 'a=b'],
    ['a space', 'a b'],
    ['a trailing space', 'a '],
    ['a trailing line feed', 'a\n'],
    ['CR LF', 'a\r\nb'],
    ['NUL', 'a\0'],
    ['quotes', 'an"invalid"token'],
    ['a comma', 'a,b'],
    ['a comma-joined pair', 'a, Bearer b'],
    ['a percent sign', 'a%20b'],
    ['a colon', 'a:b'],
    ['an exclamation mark', 'a!'],
    ['Latin-1', 'é'],
    ['a character beyond Latin-1', 'Ā'],
    ['a full-width letter', 'Ａ'],
  ])('refuses %s', (_, token) => {
    expect(() => parseBearerToken(token)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseBearerToken);
  });

  it.each([
    ['letters before a bad one', `${'a'.repeat(MEBIBYTE)}!`],
    ['padding before a letter', `a${'='.repeat(MEBIBYTE)}a`],
    ['padding', '='.repeat(MEBIBYTE)],
  ])('refuses a mebibyte of %s', (_, token) => {
    expect(() => parseBearerToken(token)).toThrow(MalformedError);
  });

  it('parses a mebibyte of token', () => {
    expect(parseBearerToken('a'.repeat(MEBIBYTE))).toHaveLength(MEBIBYTE);
  });
});

describe('parseBearerAuthorization', () => {
  it.each([
    ['as RFC 6750 has it', 'Bearer mF_9.B5f-4.1JqM', 'Bearer', 'mF_9.B5f-4.1JqM'],
    ['padding', 'Bearer YQ==', 'Bearer', 'YQ=='],
    ['lower case', 'bearer abc', 'bearer', 'abc'],
    ['mixed case', 'bEARER abc', 'bEARER', 'abc'],
    ['several spaces', 'Bearer   abc', 'Bearer', 'abc'],
    ['whitespace around it', ' \tBearer abc\t ', 'Bearer', 'abc'],
    ['a token that looks like a scheme', 'Bearer Bearer', 'Bearer', 'Bearer'],
  ])('parses %s', (_, value, scheme, credentials) => {
    expect(parseBearerAuthorization(value)).toStrictEqual({ scheme, credentials });
  });

  it.each(['', ' ', 'Basic abc', 'Bearertoken', 'Bearer\tabc', 'Bearers abc', 'abc', 'DPoP abc'])(
    'leaves %j to other schemes',
    (value) => {
      expect(parseBearerAuthorization(value)).toBeUndefined();
    },
  );

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'bearer "a"',
    'Bearer ==',
    'Bearer a\n',
  ])('refuses %j', (value) => {
    expect(() => parseBearerAuthorization(value)).toThrow(MalformedError);
  });

  it('parses what is usual as it parses everything else', () => {
    const nearlyUsual = fc
      .tuple(
        fc.constantFrom('Bearer', 'bearer', 'Beare', 'Bearer\t', '', ' Bearer'),
        fc.string({
          unit: fc.constantFrom(' ', '\t', 'a', 'Z', '9', '-', '=', '"', ',', '\n', 'é'),
        }),
      )
      .map(([scheme, rest]) => `${scheme} ${rest}`);
    fc.assert(
      fc.property(nearlyUsual, (value) => {
        const authorization = parseAuthorizationHeader(value);
        if (authorization === undefined || !isScheme(authorization.scheme, 'Bearer')) {
          expect(parseBearerAuthorization(value)).toBeUndefined();
        } else if (/^[A-Za-z0-9\-._~+/]+=*$/.test(authorization.credentials)) {
          expect(parseBearerAuthorization(value)).toStrictEqual(authorization);
        } else {
          expect(() => parseBearerAuthorization(value)).toThrow(MalformedError);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseBearerAuthorization);
  });
});
