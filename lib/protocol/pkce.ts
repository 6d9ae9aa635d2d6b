import { hash } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.js';

/** `code-verifier = 43*128unreserved` */
export const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * How a code challenge is derived from a code verifier.
 *
 * @publicApi
 */
export type CodeChallengeMethod = 'S256' | 'plain';

/**
 * Tells whether a token request's code verifier matches the code challenge of the authorization request.
 *
 * It compares in constant time. A missing or malformed verifier and an unknown method match nothing. It does not know
 * whether there was a challenge: where there was none, refuse a request that brings a verifier, too.
 *
 * @example
 * ```ts
 * import { OAuth2Exception, verifyCodeChallenge } from 'nestjs-security/token-endpoint';
 *
 * export function requireSameClient(codeVerifier: string | null, codeChallenge: string): void {
 *   if (!verifyCodeChallenge(codeVerifier, codeChallenge)) {
 *     throw new OAuth2Exception('invalid_grant', 'The code_verifier does not match');
 *   }
 * }
 * ```
 *
 * @param method Default: `S256`. `plain` must be named, as it does not protect against anyone who can read the
 * authorization request; an authorization request without `code_challenge_method` means `plain`.
 * @see [RFC 7636, section 4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6)
 * @publicApi
 */
export function verifyCodeChallenge(
  verifier: string | null,
  challenge: string,
  method: CodeChallengeMethod = 'S256',
): boolean {
  if (verifier === null || !CODE_VERIFIER.test(verifier)) return false;
  if (method === 'S256') return constantTimeEqual(hash('sha256', verifier, 'base64url'), challenge);
  return method === 'plain' && constantTimeEqual(verifier, challenge);
}
