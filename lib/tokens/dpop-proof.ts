import { hash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  EmbeddedJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import type { DpopSettings } from './dpop-options.js';
import { normalizeUri } from './dpop-target-uri.js';

/** A proof whose signature is good. */
export interface SignedProof {
  readonly claims: JWTPayload;
  /** The thumbprint of the key that signed it. */
  readonly jkt: string;
}

/** What a proof has to be about. */
export interface ProvenRequest {
  readonly method: string | undefined;
  /** In normal form; `undefined` when the request has none. */
  readonly uri: string | undefined;
  readonly accessToken: string;
}

/** Every private or secret parameter of the key types there are (RFC 7518, section 6; RFC 8037). */
const PRIVATE_PARAMETERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * Checks the form and the signature of a proof: points 2 to 7 of the RFC's list.
 *
 * @throws any error (rejected) when the proof is not good; what fails is the client's text alone.
 * @see [RFC 9449, section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 */
export async function readProof(
  proof: string,
  { algorithms, clockTolerance, clock }: DpopSettings,
): Promise<SignedProof> {
  const { payload, protectedHeader } = await jwtVerify(proof, publicKey, {
    typ: 'dpop+jwt',
    algorithms: [...algorithms],
    currentDate: new Date(clock()),
    clockTolerance,
  });
  return { claims: payload, jkt: await calculateJwkThumbprint(protectedHeader.jwk as JWK) };
}

const publicKey: JWTVerifyGetKey = (header, token) => {
  const jwk: object = header.jwk ?? {};
  if (PRIVATE_PARAMETERS.some((parameter) => Object.hasOwn(jwk, parameter))) {
    throw new TypeError('The key of a proof must be public');
  }
  return EmbeddedJWK(header, token);
};

/**
 * Says what is wrong with the claims of a proof: points 8 to 12 of the RFC's list, but for the nonce.
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
