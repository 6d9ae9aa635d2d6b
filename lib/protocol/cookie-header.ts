import { trimOptionalWhitespace } from './optional-whitespace.js';

/**
 * Reads every value of one cookie, in the order sent, percent-decoded as the `cookie` package does.
 *
 * The caller decides which of several values counts, or refuses them.
 *
 * @see [RFC 6265, section 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)
 */
export function readCookie(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  if (header === undefined || !header.includes(name)) return values;
  // cookie-string = cookie-pair *( ";" SP cookie-pair )
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || trimOptionalWhitespace(pair.slice(0, equals)) !== name) continue;
    values.push(decode(unquote(trimOptionalWhitespace(pair.slice(equals + 1)))));
  }
  return values;
}

// cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )
function unquote(value: string): string {
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return quoted ? value.slice(1, -1) : value;
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
