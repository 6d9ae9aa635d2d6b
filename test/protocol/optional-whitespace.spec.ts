import { describe, expect, it } from 'vitest';
import { trimOptionalWhitespace } from '../../lib/protocol/optional-whitespace.js';
import { MEBIBYTE } from './hostile-text.js';

describe('trimOptionalWhitespace', () => {
  it.each([
    ['nothing to trim', 'a b', 'a b'],
    ['SP and HTAB at both ends', ' \t a\tb \t', 'a\tb'],
    ['an empty text', '', ''],
    ['nothing but whitespace', ' \t ', ''],
  ])('trims %s', (_, text, trimmed) => {
    expect(trimOptionalWhitespace(text)).toBe(trimmed);
  });

  it.each(['\n', '\r', '\v', '\f', '\0', '\u00a0', '\u2003', '\ufeff'])(
    'keeps %j, which is not optional whitespace',
    (character) => {
      const text = `${character}a${character}`;
      expect(trimOptionalWhitespace(text)).toBe(text);
    },
  );

  it('trims a mebibyte of whitespace', () => {
    expect(trimOptionalWhitespace(`a${' '.repeat(MEBIBYTE)}`)).toBe('a');
  });
});
