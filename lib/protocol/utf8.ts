import { isUtf8 } from 'node:buffer';
import { MalformedError } from './malformed.error.js';

/**
 * Decodes UTF-8; a byte order mark is kept as data, and no byte is ever replaced by U+FFFD.
 *
 * @see [RFC 3629, section 4](https://www.rfc-editor.org/rfc/rfc3629#section-4)
 */
export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new MalformedError('Malformed UTF-8');
  return bytes.toString('utf8');
}
