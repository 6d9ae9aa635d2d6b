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
  if (!isCanonical(text, bytes)) throw new MalformedError('Malformed base64');
  return bytes;
}

function latin1OrNothing(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

/** By the number of padding characters: those that may come before them, since they leave no bits over. */
const LAST_CHARACTERS = ['', 'AEIMQUYcgkosw048', 'AQgw'] as const;

/** What `atob` forgives: whitespace and missing padding, which the length shows, and bits left over. */
function isCanonical(text: string, bytes: string): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (bytes.length !== (text.length / 4) * 3 - padding) return false;
  return padding === 0 || LAST_CHARACTERS[padding].includes(text.at(-1 - padding)!);
}
