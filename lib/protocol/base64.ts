import { MalformedError } from './malformed.error.js';

/**
 * Decodes base64, accepting only what an encoder produces.
 *
 * The URL-safe alphabet, missing or surplus padding, whitespace and non-zero trailing bits are
 * refused: each would give one value several spellings.
 *
 * @see [RFC 4648, section 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)
 */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // Node skips whatever it does not understand; encoding again shows whether it did.
  if (bytes.toString('base64') !== text) throw new MalformedError('Malformed base64');
  return bytes;
}
