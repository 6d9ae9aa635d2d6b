import { hash } from 'node:crypto';
import { parseAuthParams } from './auth-params.js';
import { hasControlCharacter } from './control-character.js';
import { MalformedError } from './malformed.error.js';
import { decodeUtf8 } from './utf8.js';

/**
 * An algorithm of HTTP Digest authentication; `-sess` also hashes the nonces into the key.
 *
 * @see [RFC 7616, section 6.1](https://www.rfc-editor.org/rfc/rfc7616#section-6.1)
 * @publicApi
 */
export type DigestAlgorithm =
  'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess' | 'MD5' | 'MD5-sess';

type DigestHash = Exclude<DigestAlgorithm, `${string}-sess`>;

/** The registered hash algorithms with OpenSSL's names for them; RFC 7616 prefers the first. */
const HASHES: Record<DigestHash, string> = {
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
  MD5: 'md5',
};

/** Every algorithm. */
export const DIGEST_ALGORITHMS = (Object.keys(HASHES) as DigestHash[]).flatMap(
  (name): DigestAlgorithm[] => [name, `${name}-sess`],
);

/** Hashes with the algorithm's hash function, in lower-case hexadecimal: the RFC's `H(data)`. */
export function digestHash(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
  return hash(HASHES[algorithm.replace(/-sess$/, '') as DigestHash], data);
}

/**
 * The parsed credentials of HTTP Digest authentication, not yet verified.
 *
 * @publicApi
 */
export interface HTTPDigestCredentials {
  /** The user's name, or its hash where `userhash` is true. */
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Hexadecimal digits, in the case in which they were sent. */
  readonly response: string;
  /** As it was sent; `MD5` where the client named none. */
  readonly algorithm: string;
  readonly cnonce: string;
  readonly qop: 'auth' | 'auth-int';
  /** Eight hexadecimal digits, unchanged, as they are part of what is hashed. */
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

/** What a client's `response` is computed from. */
export interface DigestResponseInput {
  readonly algorithm: DigestAlgorithm;
  /** The result of `digestHa1`. */
  readonly ha1: string;
  readonly credentials: Pick<HTTPDigestCredentials, 'nonce' | 'nc' | 'cnonce' | 'qop' | 'uri'>;
  readonly method: string;
  /** The bytes of the body; only `auth-int` protects them. */
  readonly body: Uint8Array;
}

/**
 * Hashes a user's name and password for a realm: all that a server needs to store of a password.
 *
 * A `-sess` algorithm gives the same result. It is no password hash: anyone who reads it can log in with it.
 *
 * @example
 * ```ts
 * import { digestHa1 } from 'nestjs-security';
 *
 * export const ha1 = (username: string, password: string) =>
 *   digestHa1('SHA-256', { username, realm: 'Operations', password });
 * ```
 *
 * @see [RFC 7616, section 3.4.2](https://www.rfc-editor.org/rfc/rfc7616#section-3.4.2)
 * @publicApi
 */
export function digestHa1(
  algorithm: DigestAlgorithm,
  user: { readonly username: string; readonly realm: string; readonly password: string },
): string {
  return digestHash(algorithm, `${user.username}:${user.realm}:${user.password}`);
}

/**
 * Hashes a user's name for a realm, as clients send it where the server supports `userhash`.
 *
 * It does not hide the name from anyone who can guess it.
 *
 * @example
 * ```ts
 * import { digestUserhash } from 'nestjs-security';
 *
 * export const userhash = (username: string) =>
 *   digestUserhash('SHA-256', { username, realm: 'Operations' });
 * ```
 *
 * @see [RFC 7616, section 3.4.4](https://www.rfc-editor.org/rfc/rfc7616#section-3.4.4)
 * @publicApi
 */
export function digestUserhash(
  algorithm: DigestAlgorithm,
  user: { readonly username: string; readonly realm: string },
): string {
  return digestHash(algorithm, `${user.username}:${user.realm}`);
}

/**
 * Computes the `response` of a client that knows the password.
 *
 * The key of a `-sess` algorithm is derived from this request's `cnonce`, as clients do, and not from that of the first
 * request with the nonce.
 *
 * @see [RFC 7616, section 3.4.1](https://www.rfc-editor.org/rfc/rfc7616#section-3.4.1)
 */
export function digestResponse(input: DigestResponseInput): string {
  const { algorithm, ha1, credentials, method, body } = input;
  const { nonce, nc, cnonce, qop, uri } = credentials;
  const h = (...parts: string[]): string => digestHash(algorithm, wireBytes(parts.join(':')));
  const a1 = algorithm.endsWith('-sess') ? h(ha1, nonce, cnonce) : ha1;
  const a2 = qop === 'auth-int' ? h(method, uri, digestHash(algorithm, body)) : h(method, uri);
  return h(a1, nonce, nc, cnonce, qop, a2);
}

// Header text reaches JavaScript one character per byte.
function wireBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

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
