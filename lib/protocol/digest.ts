import { parseAuthParams } from './auth-params.js';
import { hasControlCharacter } from './control-character.js';
import { parseExtValue } from './ext-value.js';
import { MalformedError } from './malformed.error.js';
import { decodeUtf8 } from './utf8.js';

/**
 * What a client sends for HTTP Digest authentication, parsed and not yet verified.
 *
 * @publicApi
 */
export interface HTTPDigestCredentials {
  /** The user's name; its hash where `userhash` is true. */
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Hexadecimal, in the case it was sent in. */
  readonly response: string;
  /** As it was sent; `MD5` where the client named none. */
  readonly algorithm: string;
  readonly cnonce: string;
  readonly qop: 'auth' | 'auth-int';
  /** Eight hexadecimal digits, as they were sent: they are part of what is hashed. */
  readonly nc: string;
  readonly opaque?: string;
  readonly userhash: boolean;
}

type Params = ReadonlyMap<string, string>;

// nc-value = 8LHEX
const NC_VALUE = /^[0-9A-Fa-f]{8}$/;
// request-digest = *LHEX
const REQUEST_DIGEST = /^[0-9A-Fa-f]+$/;
const NON_ASCII = /[\x80-\xFF]/;

/**
 * Parses the credentials of HTTP Digest authentication; the form without `qop` is refused.
 *
 * @see [RFC 7616, section 3.4](https://www.rfc-editor.org/rfc/rfc7616#section-3.4)
 */
export function parseDigestCredentials(credentials: string): HTTPDigestCredentials {
  const params = parseAuthParams(credentials);
  const userhash = readUserhash(params);
  const opaque = params.get('opaque');
  return {
    username: readUsername(params, userhash),
    realm: required(params, 'realm'),
    nonce: required(params, 'nonce'),
    uri: required(params, 'uri'),
    response: matching(params, 'response', REQUEST_DIGEST),
    algorithm: params.get('algorithm') ?? 'MD5',
    cnonce: required(params, 'cnonce'),
    qop: readQop(params),
    nc: matching(params, 'nc', NC_VALUE),
    ...(opaque !== undefined && { opaque }),
    userhash,
  };
}

function required(params: Params, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new MalformedError(`Digest credentials without ${name}`);
  return value;
}

function matching(params: Params, name: string, pattern: RegExp): string {
  const value = required(params, name);
  if (!pattern.test(value)) throw new MalformedError(`Malformed ${name} in Digest credentials`);
  return value;
}

function readQop(params: Params): 'auth' | 'auth-int' {
  const qop = required(params, 'qop');
  if (qop !== 'auth' && qop !== 'auth-int') {
    throw new MalformedError('Malformed qop in Digest credentials');
  }
  return qop;
}

function readUserhash(params: Params): boolean {
  const userhash = params.get('userhash') ?? 'false';
  if (userhash !== 'true' && userhash !== 'false') {
    throw new MalformedError('Malformed userhash in Digest credentials');
  }
  return userhash === 'true';
}

function readUsername(params: Params, userhash: boolean): string {
  const extended = params.get('username*');
  if (extended !== undefined && (userhash || params.has('username'))) {
    throw new MalformedError('Digest credentials with a surplus username*');
  }
  const username =
    extended === undefined ? utf8(required(params, 'username')) : parseExtValue(extended);
  if (hasControlCharacter(username)) {
    throw new MalformedError('Digest credentials hold a control character');
  }
  return username;
}

// Header text reaches JavaScript one character per byte.
function utf8(latin1: string): string {
  return NON_ASCII.test(latin1) ? decodeUtf8(Buffer.from(latin1, 'latin1')) : latin1;
}
