import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  credentialsOf,
  isScheme,
  parseAuthorizationHeader,
} from '../../lib/protocol/authorization-header.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('parseAuthorizationHeader', () => {
  it.each([
    [
      'RFC 7617, section 2',
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      'Basic',
      'QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    ],
    ['RFC 6750, section 2.1', 'Bearer mF_9.B5f-4.1JqM', 'Bearer', 'mF_9.B5f-4.1JqM'],
    ['a scheme as it was sent', 'bEaReR a', 'bEaReR', 'a'],
    ['several spaces', 'Bearer    a', 'Bearer', 'a'],
    ['spaces, then tabs', 'Bearer \t a \t', 'Bearer', 'a'],
    ['whitespace around the value', ' \tBearer a\t ', 'Bearer', 'a'],
    ['whitespace within the credentials', 'Bearer a  b\tc', 'Bearer', 'a  b\tc'],
    ['a scheme alone', 'Bearer', 'Bearer', ''],
    ['a scheme and only whitespace', 'Bearer \t ', 'Bearer', ''],
    ['a tab, which is no separator', 'Bearer\ta', 'Bearer\ta', ''],
    ['a tab before the separator', 'Bearer\t a', 'Bearer\t', 'a'],
    ['a non-breaking space, which is no separator', 'Bearer\u00a0a', 'Bearer\u00a0a', ''],
    ['two values joined by a comma', 'Bearer a, Basic b', 'Bearer', 'a, Basic b'],
    ['control characters', 'Bearer\0 a\r\nb', 'Bearer\0', 'a\r\nb'],
    ['the name of a property', '__proto__ a', '__proto__', 'a'],
  ])('parses %s', (_, value, scheme, credentials) => {
    expect(parseAuthorizationHeader(value)).toEqual({ scheme, credentials });
  });

  it.each([undefined, '', ' ', '\t', ' \t '])('reads %j as absent', (value) => {
    expect(parseAuthorizationHeader(value)).toBeUndefined();
  });

  it('throws for no text', () => {
    expectNothingButMalformed(parseAuthorizationHeader);
  });

  it('parses a mebibyte of spaces', () => {
    const value = `Bearer${' '.repeat(MEBIBYTE)}a`;
    expect(parseAuthorizationHeader(value)).toEqual({ scheme: 'Bearer', credentials: 'a' });
  });
});

describe('credentialsOf', () => {
  it.each([
    ['Basic YTpi', 'YTpi'],
    ['bASIC YTpi', 'YTpi'],
    [' \tBasic \t YTpi\t ', 'YTpi'],
    ['Basic a b', 'a b'],
    ['Basic', ''],
    ['basic \t', ''],
  ])('takes the credentials of %j', (value, credentials) => {
    expect(credentialsOf(value, 'Basic')).toBe(credentials);
  });

  it.each(['', ' ', 'Bas', 'Basi c', 'Basics', 'Basic\tYTpi', 'Bearer YTpi', 'X Basic YTpi'])(
    'finds none in %j',
    (value) => {
      expect(credentialsOf(value, 'Basic')).toBeUndefined();
    },
  );

  it('reads what parseAuthorizationHeader reads', () => {
    const nearlyNamed = fc
      .tuple(
        fc.constantFrom('to\u212aen', 'Token', 'TOKEN', 'Toke', 'Tokens', ' token', 'token\t', ''),
        fc.string({ unit: fc.constantFrom(' ', '\t', 'a', '=', '\u00a0', '\n'), maxLength: 6 }),
      )
      .map((parts) => parts.join(''));
    let named = 0;
    fc.assert(
      fc.property(nearlyNamed, (value) => {
        const whole = parseAuthorizationHeader(value);
        const isNamed = whole !== undefined && isScheme(whole.scheme, 'token');
        expect(credentialsOf(value, 'token')).toBe(isNamed ? whole.credentials : undefined);
        if (isNamed) named++;
      }),
      { numRuns: 10_000 },
    );
    expect(named).toBeGreaterThan(1000);
  });

  it('throws for no text', () => {
    expectNothingButMalformed((text) => credentialsOf(text, 'Basic'));
  });
});

describe('isScheme', () => {
  it.each([
    ['Bearer', 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'bearer'],
    ['SCRAM-sha-256', 'SCRAM-SHA-256'],
  ])('takes %j for %j', (scheme, expected) => {
    expect(isScheme(scheme, expected)).toBe(true);
  });

  it.each([
    ['Bearer', 'Basic'],
    ['Beare', 'Bearer'],
    ['Bearers', 'Bearer'],
    ['Bearer\ta', 'Bearer'],
    ['XDigest', 'Digest'],
    ['', 'Digest'],
    ['to\u212aen', 'token'],
    ['\u00c0', '\u00e0'],
    ['a@', 'a`'],
    ['a[', 'a{'],
  ])('does not take %j for %j', (scheme, expected) => {
    expect(isScheme(scheme, expected)).toBe(false);
  });
});
