import { trimOptionalWhitespace } from './optional-whitespace.js';

/**
 * Splits an `Authorization` value into its scheme, as it was sent, and the credentials after it.
 *
 * Only SP ends the scheme. The grammar of the credentials depends on the scheme, and is not checked here.
 *
 * @returns `undefined` when the header is absent, empty or only whitespace; `credentials` is empty
 * when the scheme stands alone.
 * @see [RFC 9110, section 11.4](https://www.rfc-editor.org/rfc/rfc9110#section-11.4)
 */
export function parseAuthorizationHeader(
  value: string | undefined,
): { scheme: string; credentials: string } | undefined {
  if (value === undefined) return undefined;
  const text = trimOptionalWhitespace(value);
  if (text === '') return undefined;
  // credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
  const space = text.indexOf(' ');
  if (space === -1) return { scheme: text, credentials: '' };
  return {
    scheme: text.slice(0, space),
    credentials: trimOptionalWhitespace(text.slice(space + 1)),
  };
}

/**
 * The credentials of an `Authorization` value that names a scheme, without taking apart those that name another.
 *
 * @returns `undefined` when the value names no scheme or another one; an empty text when the scheme stands alone.
 * @see [RFC 9110, section 11.4](https://www.rfc-editor.org/rfc/rfc9110#section-11.4)
 */
export function credentialsOf(value: string, scheme: string): string | undefined {
  const text = trimOptionalWhitespace(value);
  const { length } = scheme;
  if (text.length > length && text.charAt(length) !== ' ') return undefined;
  const isNamed = text.startsWith(scheme) || isScheme(text.slice(0, length), scheme);
  return isNamed ? trimOptionalWhitespace(text.slice(length + 1)) : undefined;
}

/**
 * Compares two scheme names, ignoring the case of ASCII letters only.
 *
 * @see [RFC 9110, section 11.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.1)
 */
export function isScheme(scheme: string, expected: string): boolean {
  if (scheme === expected) return true;
  if (scheme.length !== expected.length) return false;
  for (let i = 0; i < scheme.length; i++) {
    if (lowerCase(scheme.charCodeAt(i)) !== lowerCase(expected.charCodeAt(i))) return false;
  }
  return true;
}

// String#toLowerCase would turn U+212A, the Kelvin sign, into a k.
function lowerCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}
