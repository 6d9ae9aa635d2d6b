import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../lib/protocol/base64.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

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
