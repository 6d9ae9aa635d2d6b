import { InvalidTokenException } from '../errors/invalid-token.exception.js';

/**
 * The part of an access token's verified claims that says what the token is bound to.
 *
 * @publicApi
 */
export interface ConfirmedClaims {
  readonly cnf?: unknown;
}

/**
 * What a token is bound to: SHA-256 thumbprints in base64url, at least one of them.
 *
 * @publicApi
 */
export interface Confirmation {
  /** Of the client's DPoP key (RFC 9449, section 6.1). */
  readonly jkt?: string;
  /** Of the client's certificate: `x5t#S256` (RFC 8705, section 3.1). */
  readonly x5tS256?: string;
}

const METHODS = new Map([
  ['jkt', 'jkt'],
  ['x5t#S256', 'x5tS256'],
]);

const SHA256_BASE64URL = /^[A-Za-z0-9_-]{43}$/;

/**
 * Reads the `cnf` claim; `undefined` when the token is bound to nothing.
 *
 * It does not check that the client holds that key or certificate: `DpopVerifier` and `requireCertificateBinding` do.
 * An unknown method is refused rather than ignored, as nothing would check it.
 *
 * @example
 * ```ts
 * import { parseConfirmation } from 'nestjs-security/tokens';
 *
 * export const isDpopBound = (claims: { cnf?: unknown }) =>
 *   parseConfirmation(claims)?.jkt !== undefined;
 * ```
 *
 * @throws InvalidTokenException when the claim is malformed, empty or names an unknown method.
 * @see https://www.rfc-editor.org/rfc/rfc7800#section-3.1
 * @publicApi
 */
export function parseConfirmation({ cnf }: ConfirmedClaims): Confirmation | undefined {
  if (cnf === undefined) return undefined;
  const confirmation: Record<string, string> = {};
  for (const [method, value] of methodsOf(cnf)) {
    const name = METHODS.get(method);
    if (name === undefined || typeof value !== 'string' || !SHA256_BASE64URL.test(value)) {
      throw malformed();
    }
    confirmation[name] = value;
  }
  return confirmation;
}

function methodsOf(cnf: unknown): [string, unknown][] {
  if (typeof cnf !== 'object' || cnf === null) throw malformed();
  const methods = Object.entries(cnf);
  if (methods.length === 0) throw malformed();
  return methods;
}

function malformed(): InvalidTokenException {
  return new InvalidTokenException('The confirmation of the access token is not supported');
}

/**
 * Refuses a token that is bound to a key or a certificate: call it wherever a plain bearer token is accepted.
 *
 * Without it, a stolen DPoP-bound or certificate-bound token works as a bearer token, which the binding is meant to
 * prevent. It does not verify the token: pass verified claims.
 *
 * @example
 * ```ts
 * import { HTTPBearer } from 'nestjs-security';
 * import { requireUnbound } from 'nestjs-security/tokens';
 *
 * type Claims = { sub: string; cnf?: unknown };
 * declare function verifyToken(token: string): Promise<Claims>;
 *
 * export class UserToken extends HTTPBearer<string> {
 *   override async validate({ credentials }: { credentials: string }) {
 *     const claims = await verifyToken(credentials);
 *     requireUnbound(claims);
 *     return { user: claims.sub };
 *   }
 * }
 * ```
 *
 * @throws InvalidTokenException when the claims have any `cnf`.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7.2
 * @publicApi
 */
export function requireUnbound({ cnf }: ConfirmedClaims): void {
  if (cnf === undefined) return;
  throw new InvalidTokenException(
    'The access token is bound to a key or a certificate, and cannot be used as a bearer token',
  );
}
