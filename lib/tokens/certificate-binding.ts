import { hash, X509Certificate } from 'node:crypto';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import { type ConfirmedClaims, parseConfirmation } from './confirmation.js';
import { assertBooleans } from './option-checks.js';

/**
 * Options of `requireCertificateBinding`.
 *
 * @publicApi
 */
export interface CertificateBindingOptions {
  /** Whether a token that is bound to nothing is refused too. Default: `false`. */
  readonly required?: boolean;
}

/**
 * Refuses a certificate-bound token unless the request came over a connection with that certificate.
 *
 * A token that is bound to nothing passes, unless `required` is set. One that is also bound to a DPoP key is refused,
 * as the proof cannot be checked here: `DpopVerifier` takes a certificate and checks both. It does not verify the
 * token: verify its claims first, with `acceptBound: true`. The certificate must come from the TLS connection, or from
 * a header that a trusted proxy overwrites.
 *
 * @example
 * ```ts
 * import { clientCertificate, HTTPBearer, type ValidationContext } from 'nestjs-security';
 * import { requireCertificateBinding } from 'nestjs-security/tokens';
 *
 * type Claims = { sub: string; cnf?: unknown };
 * declare function verifyToken(token: string): Promise<Claims>;
 *
 * export class UserToken extends HTTPBearer<string> {
 *   override async validate({ credentials }: { credentials: string }, context: ValidationContext) {
 *     const claims = await verifyToken(credentials);
 *     requireCertificateBinding(claims, clientCertificate(context.request));
 *     return { user: claims.sub };
 *   }
 * }
 * ```
 *
 * @throws InvalidTokenException when the certificate is missing or another one, or `cnf` is malformed.
 * @throws ConfigurationError when `required` is neither `true` nor `false`.
 * @see https://www.rfc-editor.org/rfc/rfc8705#section-3
 * @publicApi
 */
export function requireCertificateBinding(
  claims: ConfirmedClaims,
  certificate: Certificate | undefined,
  options: CertificateBindingOptions = {},
): void {
  assertKnownOptions('requireCertificateBinding', options, { required: true });
  assertBooleans('requireCertificateBinding', options, 'required');
  const confirmation = parseConfirmation(claims);
  if (confirmation === undefined) {
    if (options.required !== true) return;
    throw new InvalidTokenException('The access token is not bound to a certificate');
  }
  if (confirmation.jkt !== undefined) {
    throw new InvalidTokenException('The access token is bound to a DPoP key');
  }
  requireCertificate(confirmation.x5tS256, certificate);
}

/** Refuses any certificate but the one with this thumbprint; without a thumbprint, accepts every request. */
export function requireCertificate(
  thumbprint: string | undefined,
  certificate: Certificate | undefined,
): void {
  if (thumbprint === undefined) return;
  if (certificate === undefined || !constantTimeEqual(thumbprintOf(certificate), thumbprint)) {
    throw new InvalidTokenException('The access token is bound to another certificate');
  }
}

function thumbprintOf(certificate: Certificate): string {
  try {
    return certificateThumbprint(certificate);
  } catch (cause) {
    throw new InvalidTokenException('The client certificate is malformed', { cause });
  }
}

/**
 * A certificate: parsed, as PEM text, or as DER bytes.
 *
 * @publicApi
 */
export type Certificate = X509Certificate | string | Uint8Array;

/**
 * The SHA-256 thumbprint of a certificate in base64url: its `x5t#S256`.
 *
 * It does not check the certificate's signature, issuer or dates: TLS does. Of several certificates in one
 * PEM text it takes the first.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { certificateThumbprint } from 'nestjs-security/tokens';
 *
 * export const cnf = { 'x5t#S256': certificateThumbprint(readFileSync('client.pem', 'utf8')) };
 * ```
 *
 * @throws TypeError when it is no X.509 certificate.
 * @see https://www.rfc-editor.org/rfc/rfc8705#section-3.1
 * @publicApi
 */
export function certificateThumbprint(certificate: Certificate): string {
  return hash('sha256', parse(certificate).raw, 'base64url');
}

function parse(certificate: Certificate): X509Certificate {
  if (certificate instanceof X509Certificate) return certificate;
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new TypeError('Not an X.509 certificate in PEM or DER', { cause });
  }
}
