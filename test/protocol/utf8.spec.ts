import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { decodeUtf8 } from '../../lib/protocol/utf8.js';

describe('decodeUtf8', () => {
  // RFC 3629, section 7
  it.each([
    ['41e289a2ce912e', 'A≢Α.'],
    ['ed959ceab5adec96b4', '한국어'],
    ['e697a5e69cace8aa9e', '日本語'],
    ['efbbbff0a38eb4', '\ufeff𣎴'],
    ['', ''],
    ['00', '\0'],
    ['f48fbfbf', '\u{10ffff}'],
  ])('decodes %s', (hex, text) => {
    expect(decodeUtf8(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it.each([
    ['a byte of Latin-1', 'e9'],
    ['a continuation byte alone', '80'],
    ['a sequence cut short', 'e282'],
    ['an overlong NUL', 'c080'],
    ['an overlong slash', 'e080af'],
    ['a surrogate', 'eda080'],
    ['a surrogate pair', 'eda080edb080'],
    ['a code point beyond U+10FFFF', 'f4908080'],
    ['a byte that never occurs', 'ff'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeUtf8(Buffer.from(hex, 'hex'))).toThrow(MalformedError);
  });
});
