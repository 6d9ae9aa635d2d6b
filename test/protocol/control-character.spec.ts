import { describe, expect, it } from 'vitest';
import { hasControlCharacter } from '../../lib/protocol/control-character.js';

describe('hasControlCharacter', () => {
  it.each(['\0', '\t', '\n', '\r', '\x1f', '\x7f', '\x80', '\x9f'])('finds %j', (character) => {
    expect(hasControlCharacter(character)).toBe(true);
    expect(hasControlCharacter(`a😀${character}b`)).toBe(true);
  });

  it.each(['', ' ', '~', '\u00a0', 'é', '\u200b', '\ufeff', '😀', '\ud800'])(
    'finds none in %j',
    (text) => {
      expect(hasControlCharacter(text)).toBe(false);
    },
  );
});
