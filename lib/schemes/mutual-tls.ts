import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { assertKnownOptions } from '../errors/known-options.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { registerOptions } from './scheme-options.js';
import type { SecurityRequest } from './security-request.js';
import type { MutualTLSSchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Mutual TLS: its credentials are the client's certificate, from the TLS connection and nowhere else.
 *
 * The server has to ask for certificates: `httpsOptions: { requestCert: true, rejectUnauthorized: false, ca }`;
 * with `rejectUnauthorized: true` a client without one gets no HTTP answer at all. TLS checks the certificate
 * at the handshake, not again for each request. Headers are not read: behind a proxy that ends TLS, write a
 * scheme for what that proxy sends. Without `validate` every client that the `ca` vouches for is accepted. No
 * HTTP authentication scheme is registered for mutual TLS (`Mutual` is a password scheme, RFC 8120), so the
 * challenge is the unregistered `MutualTLS`. OpenAPI knows the type from 3.1 on.
 *
 * @example
 * ```ts
 * import type { X509Certificate } from 'node:crypto';
 * import { Injectable } from '@nestjs/common';
 * import { MutualTLS } from 'nestjs-security';
 *
 * @Injectable()
 * export class ClientCertificate extends MutualTLS<string> {
 *   private readonly clients = new Map([['5D:1F:B2:...', 'billing']]);
 *   override validate(certificate: X509Certificate) {
 *     const user = this.clients.get(certificate.fingerprint256);
 *     return user === undefined ? null : { user };
 *   }
 * }
 * ```
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
 * @publicApi
 */
export class MutualTLS<User = X509Certificate> extends SecurityScheme<X509Certificate, User> {
  describe(): MutualTLSSchemeObject {
    return this.described({ type: 'mutualTLS' });
  }

  extract(request: SecurityRequest): X509Certificate | undefined {
    return clientCertificate(request);
  }

  challenge(): string {
    return 'MutualTLS';
  }
}

registerOptions<SecuritySchemeOptions<X509Certificate, unknown>>(MutualTLS, {});

/**
 * Options of `clientCertificate`.
 *
 * @publicApi
 */
export interface ClientCertificateOptions {
  /**
   * Whether to return a certificate that its holder signed (RFC 8705, section 2.2): TLS proves that the client has its
   * key, but what it says of the client proves nothing. Default: `false`.
   */
  readonly selfSigned?: boolean;
}

/**
 * The certificate the client proved to hold when it connected; `undefined` when it sent none.
 *
 * It is `undefined`, too, on a connection without TLS and where the server did not ask for a certificate. Use a
 * self-signed one only for `requireCertificateBinding`, which compares thumbprints.
 *
 * @throws InvalidTokenException when there is one that TLS did not find trustworthy.
 * @throws ConfigurationError when it is given an option that it does not read.
 * @see https://www.rfc-editor.org/rfc/rfc8705#section-2.2
 * @publicApi
 */
export function clientCertificate(
  request: SecurityRequest,
  options: ClientCertificateOptions = {},
): X509Certificate | undefined {
  assertKnownOptions('clientCertificate()', options, { selfSigned: true });
  const { selfSigned = false } = options;
  const { socket } = request.raw ?? request;
  const { authorized, authorizationError, getPeerX509Certificate } = (socket ??
    {}) as Partial<TLSSocket>;
  const certificate = getPeerX509Certificate?.call(socket);
  // A client that renegotiates with a bad certificate stays `authorized` by its first one, but for this error.
  if (certificate === undefined || (authorized === true && !authorizationError)) return certificate;
  // At run time this is the code of OpenSSL's verdict, although Node's types say that it is an error.
  if (selfSigned && String(authorizationError) === SELF_SIGNED) return certificate;
  throw new InvalidTokenException('The client certificate is not trusted');
}

const SELF_SIGNED = 'DEPTH_ZERO_SELF_SIGNED_CERT';
