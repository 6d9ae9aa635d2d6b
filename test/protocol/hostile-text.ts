import fc from 'fast-check';
import { expect } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';

const CHARACTERS = [...'"\\,;= \t\r\n\0%+:\'#?&aZ0é\x7f\x80\xffĀ\ud800\ufeff', '__proto__', '%C3'];

/** Text that is odd in the ways parsers of header fields fall for. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii' }),
  fc.string({
    unit: fc.constantFrom(...CHARACTERS),
    maxLength: 40,
  }),
);

/** Expects a parser to return, or to throw a MalformedError that says something and does not repeat its input. */
export function expectNothingButMalformed(parse: (text: string) => unknown): void {
  const property = fc.property(hostileText, (text) => {
    try {
      parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedError);
      expect((error as Error).message).toMatch(/^[A-Z][a-z]+ /);
      if (text.length > 12) expect((error as Error).message).not.toContain(text);
    }
  });
  fc.assert(property, { numRuns: 500 });
}

export const MEBIBYTE = 1024 * 1024;
