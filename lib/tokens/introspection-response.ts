import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { requireUnbound } from './confirmation.js';
import { DEFAULT_CLOCK_TOLERANCE, hasWellFormedDates, untimely } from './jwt-dates.js';

/**
 * What an authorization server says of an active token, in the names of RFC 7662.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2.2
 * @publicApi
 */
export interface IntrospectionClaims {
  readonly active: true;
  readonly scope?: string;
  readonly client_id?: string;
  readonly username?: string;
  readonly token_type?: string;
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly iss?: string;
  readonly jti?: string;
  readonly cnf?: unknown;
  readonly [claim: string]: unknown;
}

/** Whom an active token must come from and be meant for, as far as that was configured. */
export interface IntrospectionRules {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly acceptBound: boolean;
}

/** Reads the answer about a token: its claims, or a refusal; what is neither is the server's fault. */
export function readIntrospection(json: unknown): IntrospectionClaims {
  const claims = json as Record<string, unknown> | null;
  if (typeof claims?.['active'] !== 'boolean' || !hasWellFormedDates(claims)) {
    throw new Error('The introspection response is malformed');
  }
  if (!claims['active']) throw new InvalidTokenException('The token is not active');
  return claims as unknown as IntrospectionClaims;
}

/** Refuses an active token that is untimely, another issuer's, or meant for somebody else. */
export function checkIntrospection(claims: IntrospectionClaims, rules: IntrospectionRules): void {
  const reason = untimely(claims, DEFAULT_CLOCK_TOLERANCE);
  if (reason !== undefined) throw new InvalidTokenException(reason);
  const { issuer, audience } = rules;
  if (issuer !== undefined && claims.iss !== issuer) {
    throw new InvalidTokenException('The issuer is not accepted');
  }
  if (audience !== undefined && !namesOneOf(claims.aud, audience)) {
    throw new InvalidTokenException('The audience is not accepted');
  }
  if (!rules.acceptBound) requireUnbound(claims);
}

function namesOneOf(aud: unknown, audience: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audience.some((one) => named.includes(one));
}
