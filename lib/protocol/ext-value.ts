import { MalformedError } from './malformed.error.js';

// ext-value  = charset "'" [ language ] "'" *( pct-encoded / attr-char )
// attr-char  = ALPHA / DIGIT / "!" / "#" / "$" / "&" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~"
const EXT_VALUE = /^utf-8'[A-Za-z0-9-]*'([%!#$&+\-.^_`|~0-9A-Za-z]*)$/i;

/**
 * Decodes the extended notation of a parameter (`UTF-8'en'%C2%A3%20rates`); the language is ignored.
 *
 * @see [RFC 8187, section 3.2.1](https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1)
 */
export function parseExtValue(text: string): string {
  const encoded = EXT_VALUE.exec(text)?.[1];
  if (encoded === undefined) throw new MalformedError('Malformed ext-value');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new MalformedError('Malformed percent-encoding in an ext-value');
  }
}
