import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { token } from '../protocol/auth-params.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { type HTTPDigestCredentials, parseDigestCredentials } from '../protocol/digest.js';
import { DigestNonces } from '../protocol/digest-nonce.js';
import { readAuthorization } from './authorization.js';
import { requireSendable } from './option-checks.js';
import type { SecurityRequest } from './security-request.js';
import type { HTTPSchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of `HTTPDigest`.
 *
 * @publicApi
 */
export interface HTTPDigestOptions<User> extends SecuritySchemeOptions<
  HTTPDigestCredentials,
  User
> {
  /** What the credentials are for, shown by browsers. Default: `Restricted`. */
  readonly realm?: string;
}

/**
 * Digest access authentication: reads the client's answer and sends a complete RFC 7616 challenge.
 *
 * It does not verify the answer: `validate` must, so a scheme without one is refused at construction.
 * Digest protects no better than Basic once TLS is in place; prefer bearer tokens.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7616
 * @throws ConfigurationError without `validate`, or when the realm cannot be sent.
 * @publicApi
 */
export class HTTPDigest<User = HTTPDigestCredentials> extends SecurityScheme<
  HTTPDigestCredentials,
  User
> {
  readonly realm: string;
  private readonly nonces = new DigestNonces();
  private readonly opaque = randomBytes(16).toString('base64url');

  constructor(options: HTTPDigestOptions<User> = {}) {
    super(options);
    this.realm = options.realm ?? 'Restricted';
    requireSendable(`${this.schemeName}: realm`, () => this.challenge());
    if (this.validate === undefined) {
      throw new ConfigurationError(
        `${this.schemeName} must define validate(): an unverified digest proves nothing`,
      );
    }
  }

  describe(): HTTPSchemeObject {
    const { description } = this;
    return { type: 'http', scheme: 'digest', ...(description !== undefined && { description }) };
  }

  extract(request: SecurityRequest): HTTPDigestCredentials | undefined {
    const authorization = readAuthorization(request, 'Digest');
    return authorization && parseDigestCredentials(authorization.credentials);
  }

  challenge(): string {
    return serializeChallenge('Digest', {
      realm: this.realm,
      qop: 'auth',
      algorithm: token('SHA-256'),
      nonce: this.nonces.issue(),
      opaque: this.opaque,
      charset: token('UTF-8'),
    });
  }
}
