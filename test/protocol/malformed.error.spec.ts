import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';

describe('MalformedError', () => {
  it('is an error with a name of its own', () => {
    const error = new MalformedError('Malformed base64');
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('MalformedError: Malformed base64');
  });

  it('has no stack, and leaves other errors theirs', () => {
    expect(new MalformedError('Malformed base64').stack).not.toContain('\n');
    expect(new Error('another').stack).toContain('malformed.error.spec.ts');
  });
});
