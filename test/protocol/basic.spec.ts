import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBase64,
  parseBasicAuthorization,
  parseBasicCredentials,
} from '../../lib/protocol/basic.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('parseBasicAuthorization', () => {
  it.each([
    'Basic YTpi',
    'basic YTpi',
    'Basic   YTpi',
    'Basic \tYTpi\t ',
    ' Basic YTpi',
    'BASIC YTpi ',
  ])('reads %j', (value) => {
    expect(parseBasicAuthorization(value)).toEqual({ username: 'a', password: 'b' });
  });

  it.each(['', 'Basic\tYTpi', 'Basics YTpi', 'Bearer YTpi', 'Basi cYTpi'])(
    'finds another scheme in %j',
    (value) => {
      expect(parseBasicAuthorization(value)).toBeUndefined();
    },
  );

  it.each([
    'Basic',
    'Basic ',
    'Basic YTpi, Basic YTpi',
    'Basic YT pi',
    'basic YTpi=',
    'Basic YQ==',
  ])('refuses %j', (value) => {
    expect(() => parseBasicAuthorization(value)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseBasicAuthorization);
  });
});

describe('decodeBase64', () => {
  // RFC 4648, section 10
  it.each([
    ['', ''],
    ['Zg==', 'f'],
    ['Zm8=', 'fo'],
    ['Zm9v', 'foo'],
    ['Zm9vYg==', 'foob'],
    ['Zm9vYmE=', 'fooba'],
    ['Zm9vYmFy', 'foobar'],
  ])('decodes %j', (text, decoded) => {
    expect(decodeBase64(text)).toBe(decoded);
  });

  it('decodes the last two characters of the alphabet', () => {
    expect(decodeBase64('+/+/')).toBe('\xFB\xFF\xBF');
  });

  it.each([
    ['missing padding', 'Zg'],
    ['half the padding', 'Zg='],
    ['surplus padding', 'Zg==='],
    ['padding after a whole group', 'Zm9v===='],
    ['padding alone', '===='],
    ['padding in the middle', 'Zg==Zg=='],
    ['non-zero trailing bits before ==', 'Zh=='],
    ['non-zero trailing bits before =', 'Zm9='],
    ['one character', 'Z'],
    ['the URL-safe alphabet', '-_-_'],
    ['a space', 'Zm 9v'],
    ['whitespace at the end', 'Zm9v\n'],
    ['NUL', 'Zm9v\0'],
    ['a character of another alphabet', 'Zm9v!'],
    ['a character beyond Latin-1', 'Zm9\u0176'],
    ['a comma', 'Zm9v,Zm9v'],
  ])('refuses %s', (_, text) => {
    expect(() => decodeBase64(text)).toThrow(MalformedError);
  });

  it('takes what encoding writes, and nothing else that decodes to the same', () => {
    const nearlyBase64 = fc.string({
      unit: fc.constantFrom('A', 'E', 'Q', 'g', 'h', 'w', '8', '/', '=', '=', ' ', '\n', '-'),
      maxLength: 9,
    });
    let taken = 0;
    fc.assert(
      fc.property(nearlyBase64, (text) => {
        const bytes = Buffer.from(text, 'base64');
        if (bytes.toString('base64') === text) {
          expect(decodeBase64(text)).toBe(bytes.toString('latin1'));
          taken++;
        } else {
          expect(() => decodeBase64(text)).toThrow(MalformedError);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(decodeBase64);
  });

  it('undoes encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const decoded = decodeBase64(Buffer.from(bytes).toString('base64'));
        expect([...Buffer.from(decoded, 'latin1')]).toEqual([...bytes]);
      }),
    );
  });

  it('refuses a mebibyte of padding', () => {
    expect(() => decodeBase64('='.repeat(MEBIBYTE))).toThrow(MalformedError);
  });
});

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

describe('parseBasicCredentials', () => {
  it.each([
    ['RFC 7617, section 2', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'Aladdin', 'open sesame'],
    ['RFC 7617, section 2.1', 'dGVzdDoxMjPCow==', 'test', '123£'],
    ['a password with colons', encode('a:b:c:'), 'a', 'b:c:'],
    ['an empty user name', encode(':b'), '', 'b'],
    ['an empty password', encode('a:'), 'a', ''],
    ['a colon alone', encode(':'), '', ''],
    ['spaces, which are kept', encode(' a : b '), ' a ', ' b '],
    ['a code point beyond the BMP', encode('😀:𣎴'), '😀', '𣎴'],
    ['a byte order mark, which is data', encode('\ufeffa:b'), '\ufeffa', 'b'],
    ['a non-breaking space', encode('\u00a0:\u200b'), '\u00a0', '\u200b'],
    ['the name of a property', encode('__proto__:constructor'), '__proto__', 'constructor'],
  ])('parses %s', (_, credentials, username, password) => {
    expect(parseBasicCredentials(credentials)).toEqual({ username, password });
  });

  it('does not normalize', () => {
    const composed = parseBasicCredentials(encode('\u00e9:a'));
    const decomposed = parseBasicCredentials(encode('e\u0301:a'));
    expect(composed.username).not.toBe(decomposed.username);
  });

  it.each([
    ['nothing', ''],
    ['no colon', encode('Aladdin')],
    ['what is not base64', 'Aladdin:open sesame'],
    ['missing padding', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ'],
    ['the URL-safe alphabet', encode('a:?>~').replaceAll('+', '-').replaceAll('/', '_') + '-_'],
    ['two values joined by a comma', `${encode('a:b')}, ${encode('a:b')}`],
    ['ISO-8859-1', 'dGVzdDoxMjOj'],
    ['an overlong colon', Buffer.from('a\xc0\xbab', 'latin1').toString('base64')],
    ['NUL in the user name', encode('a\0:b')],
    ['NUL in the password', encode('a:b\0')],
    ['CR LF', encode('a\r\n:b')],
    ['a tab', encode('a:\t')],
    ['DEL', encode('a:\x7f')],
    ['a C1 control character', encode('a:\x85')],
  ])('refuses %s', (_, credentials) => {
    expect(() => parseBasicCredentials(credentials)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseBasicCredentials);
    expectNothingButMalformed((text) => parseBasicCredentials(encode(text)));
    expectNothingButMalformed((text) =>
      parseBasicCredentials(Buffer.from(text, 'latin1').toString('base64')),
    );
  });

  it('undoes the encoding of a client', () => {
    const part = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
    const username = part.filter((text) => !text.includes(':'));
    fc.assert(
      fc.property(username, part, (name, password) => {
        const credentials = parseBasicCredentials(encode(`${name}:${password}`));
        expect(credentials).toEqual({ username: name, password });
      }),
    );
  });

  it('parses a mebibyte of colons', () => {
    const { username, password } = parseBasicCredentials(encode(':'.repeat(MEBIBYTE)));
    expect(username).toBe('');
    expect(password).toHaveLength(MEBIBYTE - 1);
  });
});
