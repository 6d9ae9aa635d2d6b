import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { requireUnbound } from './confirmation.js';
import { freezeJson } from './freeze-json.js';
import {
  type Audience,
  DEFAULT_CLOCK_TOLERANCE,
  hasWellFormedDates,
  isMeantFor,
  untimely,
} from './token-claims.js';
import { isAccessToken } from './token-class.js';

/**
 * The claims of an active token, by their names in RFC 7662.
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

/** How this API authenticates to the authorization server. */
export interface IntrospectionClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authMethod: 'client_secret_basic' | 'client_secret_post';
}

/**
 * RFC 7009's error code for a type of token that the server does not support: some servers answer it here, for anything
 * that looks like a JWT.
 */
const UNSUPPORTED = 'unsupported_token_type';

/**
 * Builds the request that asks about a token.
 *
 * @see [RFC 7662, section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)
 */
export function introspectionRequest(token: string, client: IntrospectionClient) {
  const { clientId, clientSecret, authMethod } = client;
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
  if (authMethod === 'client_secret_post') {
    body.set('client_id', clientId);
    body.set('client_secret', clientSecret);
    return { method: 'POST', body, refusal: UNSUPPORTED };
  }
  return {
    method: 'POST',
    body,
    refusal: UNSUPPORTED,
    headers: { authorization: basic(clientId, clientSecret) },
  };
}

/** RFC 6749, section 2.3.1: each part is form-urlencoded within the Basic credentials. */
function basic(clientId: string, clientSecret: string): string {
  const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice('='.length);
}

/**
 * Reads the answer about a token. It throws `InvalidTokenException` where the token is not active, and any other error
 * where the server is at fault.
 */
export function readIntrospection(json: unknown): IntrospectionClaims {
  const claims = json as Record<string, unknown> | null;
  // Nothing else counts for an inactive token: some servers write null for all of it.
  if (claims?.['active'] === false) throw new InvalidTokenException('The token is not active');
  if (claims?.['active'] !== true || !freezeJson(claims)) {
    throw new Error('The introspection response is malformed');
  }
  if (!hasWellFormedDates(claims)) {
    throw new Error('The introspection response has an exp, nbf or iat that is not in seconds');
  }
  return claims as unknown as IntrospectionClaims;
}

/** What an active token must satisfy. */
export interface IntrospectionRules {
  /** Default: any, or none. */
  readonly issuer: string | undefined;
  /** `undefined`: any, or none. */
  readonly audience: Audience | undefined;
  readonly acceptBound: boolean;
}

/**
 * Refuses an active token that is outside its dates, is no access token, or has another issuer or audience than
 * configured.
 */
export function checkIntrospection(claims: IntrospectionClaims, rules: IntrospectionRules): void {
  const { issuer, audience } = rules;
  const reason = untimely(claims, { clockTolerance: DEFAULT_CLOCK_TOLERANCE });
  if (reason !== undefined) throw new InvalidTokenException(reason);
  if (issuer !== undefined && claims.iss !== issuer) {
    throw new InvalidTokenException('The issuer is not accepted');
  }
  if (audience !== undefined && !isMeantFor(audience, claims)) {
    throw new InvalidTokenException('The audience is not accepted');
  }
  if (!isOfType(claims, rules) || !isAccessToken(claims)) {
    throw new InvalidTokenException('The token is of another type', {
      cause: missing(claims, rules),
    });
  }
  if (!rules.acceptBound) requireUnbound(claims);
}

/** Refresh tokens have neither a type nor an audience: one of the two must show that this is an access token. */
function isOfType(
  { token_type: type }: IntrospectionClaims,
  { audience, acceptBound }: IntrospectionRules,
): boolean {
  if (type === undefined) return audience?.claim === 'aud';
  if (typeof type !== 'string') return false;
  const name = type.toLowerCase();
  return name === 'bearer' || (name === 'dpop' && acceptBound);
}

/** A server that sends no `token_type` has every token refused, which its reason alone would not explain. */
function missing(
  { token_type: type }: IntrospectionClaims,
  { audience }: IntrospectionRules,
): Error | undefined {
  if (type !== undefined || audience?.claim === 'aud') return undefined;
  const option = audience === undefined ? 'audience: false' : 'audienceClaim';
  return new Error(
    `TokenIntrospector: the answer has no token_type, which tells an access token from a refresh token with ${option}`,
  );
}
