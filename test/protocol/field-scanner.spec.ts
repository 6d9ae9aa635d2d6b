import { describe, expect, it } from 'vitest';
import { FieldScanner } from '../../lib/protocol/field-scanner.js';

const DIGITS = /[0-9]+/y;

describe('FieldScanner', () => {
  it('takes the run at its place', () => {
    const scanner = new FieldScanner('12a34');
    expect(scanner.run(DIGITS)).toBe('12');
    expect(scanner.take('a')).toBe(true);
    expect(scanner.run(DIGITS)).toBe('34');
    expect(scanner.done).toBe(true);
  });

  it('stays where it is when nothing matches', () => {
    const scanner = new FieldScanner('a1');
    expect(scanner.run(DIGITS)).toBe('');
    expect(scanner.take('1')).toBe(false);
    expect(scanner.done).toBe(false);
    expect(scanner.take('a')).toBe(true);
  });

  it('is not misled by a pattern that another scanner used', () => {
    new FieldScanner('123').run(DIGITS);
    expect(new FieldScanner('45').run(DIGITS)).toBe('45');
  });

  it('takes nothing at the end', () => {
    const scanner = new FieldScanner('');
    expect(scanner.done).toBe(true);
    expect(scanner.take('a')).toBe(false);
    expect(scanner.run(DIGITS)).toBe('');
  });
});
