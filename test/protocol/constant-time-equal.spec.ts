import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantTimeEqual } from '../../lib/protocol/constant-time-equal.js';
import { hostileText, MEBIBYTE } from './hostile-text.js';

describe('constantTimeEqual', () => {
  it.each(['', 'a', 'secret', 'é€😀', '\0', '\ud800', 'a'.repeat(MEBIBYTE)])(
    'finds equal texts equal (%#)',
    (text) => {
      expect(constantTimeEqual(text, `${text}`)).toBe(true);
    },
  );

  it.each([
    ['the last character', 'secret', 'secreT'],
    ['length', 'secret', 'secrets'],
    ['a prefix', '', 'a'],
    ['a trailing NUL', 'a', 'a\0'],
    ['normalization', '\u00e9', 'e\u0301'],
    ['a lone surrogate', '\ud800', '\ud801'],
    ['a replacement character', '\ud800', '\ufffd'],
    ['encoding', 'é', '\u00c3\u00a9'],
  ])('tells texts apart that differ in %s', (_, a, b) => {
    expect(constantTimeEqual(a, b)).toBe(false);
    expect(constantTimeEqual(b, a)).toBe(false);
  });

  it('agrees with ===', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => constantTimeEqual(a, b) === (a === b)),
    );
  });
});
