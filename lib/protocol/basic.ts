import { credentialsOf } from './authorization-header.js';
import { hasControlCharacter } from './control-character.js';
import { MalformedError } from './malformed.error.js';
import { trimOptionalWhitespace } from './optional-whitespace.js';
import { decodeUtf8 } from './utf8.js';

/**
 * The user name and password of HTTP Basic authentication; either may be empty.
 *
 * @publicApi
 */
export interface HTTPBasicCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads the user name and the password of an `Authorization` value.
 *
 * @returns `undefined` when the value names another scheme.
 * @see [RFC 7617, section 2](https://www.rfc-editor.org/rfc/rfc7617#section-2)
 */
export function parseBasicAuthorization(value: string): HTTPBasicCredentials | undefined {
  const credentials = usualCredentials(value) ?? credentialsOf(value, 'Basic');
  return credentials === undefined ? undefined : parseBasicCredentials(credentials);
}

/** Of a value that starts as nearly all clients write it, which takes less than to compare names of schemes. */
function usualCredentials(value: string): string | undefined {
  return value.startsWith('Basic ')
    ? trimOptionalWhitespace(value.slice('Basic '.length))
    : undefined;
}

/**
 * Decodes the credentials of HTTP Basic authentication as UTF-8.
 *
 * It does not normalize: `é` as one code point and as two are two user names. Where users may type either, normalize
 * both the stored and the received name.
 *
 * @see [RFC 7617, section 2](https://www.rfc-editor.org/rfc/rfc7617#section-2)
 */
export function parseBasicCredentials(credentials: string): HTTPBasicCredentials {
  const userPass = decodeText(decodeBase64(credentials));
  // user-pass = user-id ":" password
  const colon = userPass.indexOf(':');
  if (colon === -1) throw new MalformedError('Basic credentials hold no colon');
  return { username: userPass.slice(0, colon), password: userPass.slice(colon + 1) };
}

const PRINTABLE_ASCII = /^[\x20-\x7E]*$/;

/** Most credentials are ASCII, which needs no decoding. */
function decodeText(bytes: string): string {
  if (PRINTABLE_ASCII.test(bytes)) return bytes;
  const text = decodeUtf8(Buffer.from(bytes, 'latin1'));
  if (hasControlCharacter(text)) {
    throw new MalformedError('Basic credentials hold a control character');
  }
  return text;
}

/**
 * Decodes base64 strictly: only the standard alphabet, with the required padding and no unused bits set.
 *
 * The result has one character per byte, which takes half the time of making a `Buffer`.
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

/** By the number of padding characters: the last characters before them that leave no unused bits. */
const LAST_CHARACTERS = ['', 'AEIMQUYcgkosw048', 'AQgw'] as const;

/** Refuses what `atob` tolerates: whitespace and missing padding, which show in the length, and unused bits. */
function isCanonical(text: string, bytes: string): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (bytes.length !== (text.length / 4) * 3 - padding) return false;
  return padding === 0 || LAST_CHARACTERS[padding].includes(text.at(-1 - padding)!);
}
