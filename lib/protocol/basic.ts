import { decodeBase64 } from './base64.js';
import { hasControlCharacter } from './control-character.js';
import { MalformedError } from './malformed.error.js';
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
 * Decodes the credentials of HTTP Basic authentication as UTF-8.
 *
 * It does not normalize: `é` sent as one code point and as two are two user names. Where users may
 * type either, normalize both what is stored and what was received.
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
