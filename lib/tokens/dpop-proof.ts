import { hash } from 'node:crypto';
import { calculateJwkThumbprint, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import { verifyCompactJws } from './compact-jws.js';
import type { DpopSettings } from './dpop-options.js';
import { importKey, readPublicKey } from './json-web-key.js';
import { hasWellFormedDates, untimely } from './token-claims.js';
import { normalizeTyp } from './token-class.js';

/** A proof whose signature is good. */
export interface SignedProof {
  readonly claims: JWTPayload;
  /** The thumbprint of the key that signed it. */
  readonly jkt: string;
}

/** The request that a proof must be made for. */
export interface ProvenRequest {
  readonly method: string | undefined;
  /** In normal form; `undefined` when the request has none. */
  readonly uri: string | undefined;
  readonly accessToken: string;
}

/** A proof that brings another key than the one its access token is bound to. */
export class OtherKeyError extends Error {
  override readonly name = 'OtherKeyError';
}

/**
 * Checks the form, the key and the signature of a proof: points 2 to 7 of the RFC's list.
 *
 * @param jkt The thumbprint of the key that the access token is bound to.
 * @throws OtherKeyError (rejected) when the proof brings another key.
 * @throws any other error (rejected) when the proof is not good; only the client can be at fault.
 * @see [RFC 9449, section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 */
export function readProof(
  proof: string,
  jkt: string,
  { algorithms, clockTolerance, clock }: DpopSettings,
): Promise<SignedProof> {
  const find = ({ alg, jwk }: { alg: string; jwk?: JWK }) => embeddedKey(jwk, alg, jkt);
  return verifyCompactJws(proof, { algorithms, find }, ({ header, claims }) => {
    if (typeof header.typ !== 'string' || normalizeTyp(header.typ) !== 'dpop+jwt') {
      throw new InvalidTokenException('The proof is of another type');
    }
    if (
      !hasWellFormedDates(claims) ||
      untimely(claims, { clockTolerance }, clock()) !== undefined
    ) {
      throw new InvalidTokenException('The proof is outside its dates');
    }
    return { claims, jkt };
  });
}

/** The key in a proof's header, held to the same rules as any key. Its thumbprint is cheaper than a signature. */
async function embeddedKey(jwk: JWK = {}, alg: string, jkt: string): Promise<readonly CryptoKey[]> {
  const { key, algorithms } = readPublicKey(jwk);
  if (!constantTimeEqual(await calculateJwkThumbprint(jwk), jkt)) throw new OtherKeyError();
  return algorithms.includes(alg) ? [await importKey(key, alg)] : [];
}

/**
 * Says what is wrong with the claims of a proof, by points 8 to 12 of the RFC's list without the nonce; `undefined`
 * where nothing is.
 *
 * @see [RFC 9449, section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 */
export function faultOf(
  { jti, htm, htu, iat, ath }: JWTPayload,
  { method, uri, accessToken }: ProvenRequest,
  settings: DpopSettings,
): string | undefined {
  if (typeof jti !== 'string' || jti === '') return 'The DPoP proof has no jti';
  if (typeof htm !== 'string' || htm !== method) return 'The DPoP proof is for another method';
  if (uri === undefined || normalizeUri(htu) !== uri) return 'The DPoP proof is for another URL';
  if (!isFresh(iat, settings)) return 'The DPoP proof is too old, or from the future';
  const expected = hash('sha256', accessToken, 'base64url');
  if (typeof ath !== 'string' || !constantTimeEqual(ath, expected)) {
    return 'The DPoP proof is for another access token';
  }
  return undefined;
}

function isFresh(
  iat: number | undefined,
  { maxAge, clockTolerance, clock }: DpopSettings,
): boolean {
  if (typeof iat !== 'number') return false;
  const age = clock() / 1000 - iat;
  return age <= maxAge && age >= -clockTolerance;
}

// A target in absolute form names an authority of the client's choice (RFC 9112, section 3.2.2).
const AUTHORITY = /^https?:\/\/[^/?#]*/i;
const ABSOLUTE_HTTP = /^https?:\/\/[^/?#]/i;
// Characters that the URL parser would drop, or take for a slash.
const SKEWED = /[\s\\\p{Cc}]/u;
// Clients resolve dot segments before they send a path (RFC 3986, section 5.2.4), and routers do not resolve them: the
// route may be another resource than the one that the proof is for.
const DOT_SEGMENT = /^[^?#]*\/(?:\.|%2e){1,2}(?:[/?#]|$)/i;
const ESCAPE = /%([0-9A-F]{2})/gi;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * The public URI of a request, for comparison with `htu`; `undefined` when the target names no resource.
 *
 * Only the path is taken from the request: `Host`, `X-Forwarded-*` and the authority of an absolute form are claims of
 * the client.
 *
 * @param baseUrl Without a trailing slash.
 * @see [RFC 9449, section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 */
export function targetUri(baseUrl: string, requestTarget: string | undefined): string | undefined {
  const path = requestTarget?.replace(AUTHORITY, '');
  if (path === undefined || !(path === '' || path.startsWith('/') || path.startsWith('?'))) {
    return undefined;
  }
  if (DOT_SEGMENT.test(path)) return undefined;
  return normalizeUri(baseUrl + path);
}

/**
 * An http(s) URI without query and fragment, in normal form; `undefined` when it is none.
 *
 * @see [RFC 3986, section 6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)
 */
export function normalizeUri(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !ABSOLUTE_HTTP.test(uri) || SKEWED.test(uri)) return undefined;
  if (!URL.canParse(uri)) return undefined;
  const { origin, pathname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return undefined;
  return origin + pathname.replace(ESCAPE, normalizeEscape);
}

function normalizeEscape(escape: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}
