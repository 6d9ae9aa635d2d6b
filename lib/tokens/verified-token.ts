import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { ConfirmedClaims } from './confirmation.js';

/**
 * A JSON Web Token whose signature and claims have been checked; frozen to its last member.
 *
 * @publicApi
 */
export interface VerifiedToken<Claims extends object = JWTPayload> {
  /** What the token says. Beyond the checked claims, its types are the issuer's promise. */
  readonly claims: Readonly<JWTPayload & ConfirmedClaims & Claims>;
  /** The protected header. */
  readonly header: Readonly<JWTHeaderParameters>;
  /** The granted scopes: `scope` as a string or, without one, `scp` as a string or a list. */
  readonly scopes: readonly string[];
}

/** Freezes parsed JSON throughout, so that no request can change what the next one reads. */
export function freezeJson<T>(json: T): T {
  if (typeof json !== 'object' || json === null) return json;
  for (const member of Object.values(json)) freezeJson(member);
  return Object.freeze(json);
}
