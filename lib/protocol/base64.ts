import { MalformedError } from './malformed.error.js';

/**
 * Decodes base64 strictly: the standard alphabet, the padding it needs, and no bits left over.
 *
 * The result has a character for each byte: that takes half the time of a `Buffer`, where the bytes may do
 * as they are.
 *
 * @see [RFC 4648, section 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)
 */
export function decodeBase64(text: string): string {
  const bytes = latin1OrNothing(text);
  // Whitespace is skipped, padding may lack and trailing bits be set; encoding again shows it.
  if (btoa(bytes) !== text) throw new MalformedError('Malformed base64');
  return bytes;
}

function latin1OrNothing(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
