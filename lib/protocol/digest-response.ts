import type { HTTPDigestCredentials } from './digest.js';
import { type DigestAlgorithm, digestHash } from './digest-algorithm.js';

/** What a client's `response` is computed from, beside what its credentials say themselves. */
export interface DigestResponseInput {
  readonly algorithm: DigestAlgorithm;
  /** What `digestHa1` makes. */
  readonly ha1: string;
  readonly credentials: Pick<HTTPDigestCredentials, 'nonce' | 'nc' | 'cnonce' | 'qop' | 'uri'>;
  readonly method: string;
  /** The bytes of the body, which only `auth-int` protects. */
  readonly body: Uint8Array;
}

/**
 * Hashes a user's name and password for a realm: all that a server has to keep of a password.
 *
 * A `-sess` algorithm makes no difference to it. It is no password hash: whoever reads it can log in with it.
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
 * It does not hide the name from who can guess it.
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
 * A `-sess` key is made from this request's `cnonce`, as clients do, and not from that of the first
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
