import { hash, X509Certificate } from 'node:crypto';

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
