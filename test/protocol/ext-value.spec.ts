import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExtValue } from '../../lib/protocol/ext-value.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { expectNothingButMalformed, MEBIBYTE } from './hostile-text.js';

describe('parseExtValue', () => {
  it.each([
    ['RFC 8187, section 3.2.3', "UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", '£ and € rates'],
    ['RFC 7616, section 3.9.2', "UTF-8''J%C3%A4s%C3%B8n%20Doe", 'Jäsøn Doe'],
    ['a language', "utf-8'en-GB'a", 'a'],
    ['an empty value', "UTF-8''", ''],
    ['every attr-char', "UTF-8''!#$&+-.^_`|~09azAZ", '!#$&+-.^_`|~09azAZ'],
    ['a code point beyond the BMP', "UTF-8''%F0%9F%98%80", '😀'],
  ])('parses %s', (_, text, value) => {
    expect(parseExtValue(text)).toBe(value);
  });

  it.each([
    ['ISO-8859-1', "iso-8859-1'en'%A3%20rates"],
    ['no charset', "''a"],
    ['no apostrophes', 'a'],
    ['one apostrophe', "UTF-8'a"],
    ['three apostrophes', "UTF-8''a'b"],
    ['a language of other characters', "UTF-8'e n'a"],
    ['a space', "UTF-8''a b"],
    ['an asterisk', "UTF-8''*"],
    ['Latin-1', "UTF-8''é"],
    ['a percent sign alone', "UTF-8''%"],
    ['half an encoded byte', "UTF-8''%C"],
    ['what is not hexadecimal', "UTF-8''%GG"],
    ['half a character', "UTF-8''%C3"],
    ['an overlong NUL', "UTF-8''%C0%80"],
    ['a surrogate', "UTF-8''%ED%A0%80"],
    ['a trailing line feed', "UTF-8''a\n"],
    ['a mebibyte of apostrophes', `UTF-8'${"'".repeat(MEBIBYTE)}`],
    ['a mebibyte of percent signs', `UTF-8''${'%'.repeat(MEBIBYTE)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseExtValue(text)).toThrow(MalformedError);
  });

  it('throws nothing but MalformedError', () => {
    expectNothingButMalformed(parseExtValue);
    expectNothingButMalformed((text) => parseExtValue(`UTF-8''${text}`));
  });

  it('undoes percent-encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeURIComponent(text).replace(
          /[*'()]/g,
          (character) => `%${character.charCodeAt(0).toString(16)}`,
        );
        expect(parseExtValue(`UTF-8''${encoded}`)).toBe(text);
      }),
    );
  });
});
