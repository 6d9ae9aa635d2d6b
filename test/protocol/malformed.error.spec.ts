import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/protocol/malformed.error.js';

describe('MalformedError', () => {
  it('is an error with a name of its own', () => {
    const error = new MalformedError('Malformed base64');
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('MalformedError: Malformed base64');
  });
});
