import { describe, expect, it } from 'vitest';
import { isScheme } from '../../lib/protocol/authorization-header.js';
import { parseClientBasic } from '../../lib/protocol/client-authentication.js';
import { readCookie } from '../../lib/protocol/cookie-header.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { isProtected } from '../../lib/protocol/protected-url.js';
import { trimOptionalWhitespace } from '../../lib/protocol/optional-whitespace.js';
import { parseDigestCredentials } from '../../lib/protocol/digest.js';

describe('T11 parsers at their edges', () => {
  it.each([
    ['"b"', 'b'],
    ['"b', '"b'],
    ['b"', 'b"'],
    ['"', '"'],
    ['""', ''],
    ['%', '%'],
    ['%41', 'A'],
    ['"%41"', 'A'],
  ])('the cookie %s is %j', (sent, value) => {
    expect(readCookie(`a=${sent}`, 'a')).toStrictEqual([value]);
  });

  it.each([
    ['AZaz', 'azAZ', true],
    ['@', '`', false],
    ['[', '{', false],
    ['K', '\u212a', false],
  ])('the scheme %j is %j: %s', (a, b, same) => {
    expect(isScheme(a, b)).toBe(same);
    expect(isScheme(b, a)).toBe(same);
  });

  const client = (text: string) => parseClientBasic(Buffer.from(text).toString('base64'));

  it('an empty pair is no client, and a secret without an identifier is none either', () => {
    expect(client(':')).toBeUndefined();
    expect(() => client(':a')).toThrow(MalformedError);
    expect(client('a:')).toStrictEqual({ clientId: 'a', clientSecret: '' });
  });

  it.each(['', ' ', '\t', ' \t '])('white space alone, %j, is nothing', (text) => {
    expect(trimOptionalWhitespace(text)).toBe('');
    expect(trimOptionalWhitespace(`${text}a${text}`)).toBe('a');
  });

  it('an opaque that was not sent is not there', () => {
    const sent =
      'username=a, realm=a, nonce=a, uri="/", response=0f, cnonce=a, qop=auth, nc=00000001';
    expect(parseDigestCredentials(sent)).not.toHaveProperty('opaque');
    expect(parseDigestCredentials(`${sent}, opaque=b`)).toHaveProperty('opaque', 'b');
  });

  it.each([
    ['https://a.example', true],
    ['https://127.0.0.1', true],
    ['http://localhost:3000/x', true],
    ['http://[::1]:3000', true],
    ['http://127.0.0.1', true],
    ['http://127.10.20.30', true],
    ['http://a.example', false],
    ['http://localhost.a.example', false],
    ['http://127.0.0.1.a.example', false],
    ['http://128.0.0.1', false],
    ['http://[::2]', false],
    ['http://localhost@a.example', false],
    ['ftp://localhost', false],
    ['ws://127.0.0.1', false],
    ['file:///localhost', false],
  ])('%s is protected on its way: %s', (url, is) => {
    expect(isProtected(new URL(url))).toBe(is);
  });
});
