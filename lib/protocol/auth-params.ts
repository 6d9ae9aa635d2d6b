import { MalformedError } from './malformed.error.js';

// token = 1*tchar (RFC 9110, section 5.6.2)
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const NOT_TCHAR = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
// BWS = OWS = *( SP / HTAB ) (RFC 9110, section 5.6.3)
const WHITESPACE = /[ \t]+/y;
// qdtext = HTAB / SP / %x21 / %x23-5B / %x5D-7E / obs-text (RFC 9110, section 5.6.4)
const QDTEXT = /[\t \x21\x23-\x5B\x5D-\x7E\x80-\xFF]+/y;
// quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text ) (RFC 9110, section 5.6.4)
const QUOTABLE = /[\t\x20-\x7E\x80-\xFF]/y;
const NOT_QUOTABLE = /[^\t\x20-\x7E\x80-\xFF]/;
const ESCAPED = /["\\]/g;

/**
 * Parses a comma-separated list of `auth-param`; the names are lower-cased, the values unquoted.
 *
 * @throws MalformedError also for a name that occurs twice.
 * @see [RFC 9110, section 11.2](https://www.rfc-editor.org/rfc/rfc9110#section-11.2)
 */
export function parseAuthParams(text: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const [name, value] of readAuthParams(text)) {
    params.set(name, value instanceof Token ? value.value : value);
  }
  return params;
}

/** Parses the same list, and tells values that were sent bare (`Token`) from quoted ones. */
export function readAuthParams(text: string): Map<string, string | Token> {
  const params = new Map<string, string | Token>();
  const scanner = new FieldScanner(text);
  do {
    scanner.run(WHITESPACE);
    const name = scanner.run(TOKEN).toLowerCase();
    // A recipient accepts empty list elements (RFC 9110, section 5.6.1.2).
    if (name === '') continue;
    if (params.has(name)) throw new MalformedError('An auth-param occurs twice');
    params.set(name, readValue(scanner));
    scanner.run(WHITESPACE);
  } while (scanner.take(','));
  if (!scanner.done) throw new MalformedError('Malformed list of auth-params');
  return params;
}

// auth-param = token BWS "=" BWS ( token / quoted-string )
function readValue(scanner: FieldScanner): string | Token {
  scanner.run(WHITESPACE);
  if (!scanner.take('=')) throw new MalformedError('An auth-param has no value');
  scanner.run(WHITESPACE);
  if (scanner.take('"')) return readQuotedString(scanner);
  const value = scanner.run(TOKEN);
  if (value === '') throw new MalformedError('An auth-param has no value');
  return new Token(value);
}

// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
function readQuotedString(scanner: FieldScanner): string {
  let value = scanner.run(QDTEXT);
  while (!scanner.take('"')) {
    const escaped = scanner.take('\\') && scanner.run(QUOTABLE);
    if (!escaped) throw new MalformedError('Malformed quoted-string');
    value += escaped + scanner.run(QDTEXT);
  }
  return value;
}

/**
 * Writes a value as a `quoted-string`, escaping `"` and `\`.
 *
 * @throws TypeError when the value holds a character that a header cannot carry.
 * @see [RFC 9110, section 5.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4)
 */
export function quotedString(value: string): string {
  if (NOT_QUOTABLE.test(value)) {
    throw new TypeError('A header value holds only visible Latin-1 characters, SP and HTAB');
  }
  return `"${value.replace(ESCAPED, '\\$&')}"`;
}

/**
 * Tells whether a value is a `token`.
 *
 * @see [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
 */
export function isToken(value: string): boolean {
  return value !== '' && !NOT_TCHAR.test(value);
}

/** An auth-param value that is written without quotes, as `stale` and `algorithm` must be. */
export class Token {
  readonly value: string;

  constructor(value: string) {
    if (!isToken(value)) throw new TypeError('Not an RFC 9110 token');
    this.value = value;
  }
}

/**
 * Marks an auth-param value as one that is written without quotes.
 *
 * @throws TypeError when the value is not an RFC 9110 token.
 * @see [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
 */
export function token(value: string): Token {
  return new Token(value);
}

/**
 * Reads a field value from left to right, never backwards, so that a parser built on it is linear.
 */
class FieldScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  /** Takes what the sticky pattern matches here; an empty string when it matches nothing. */
  run(sticky: RegExp): string {
    const start = this.#at;
    sticky.lastIndex = start;
    if (sticky.test(this.#text)) this.#at = sticky.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  /** Takes one character, if it is the next one. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}
