import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The credentials are malformed, expired, revoked or wrong: 401, `error="invalid_token"` from bearer schemes.
 *
 * `validate` may throw it to say why; returning `null` means the same without a reason. The message is
 * sent to the client, so it must hold no secret.
 *
 * @example
 * ```ts
 * import { InvalidTokenException } from 'nestjs-security';
 *
 * export function refuseExpired(expiresAt: Date): void {
 *   if (expiresAt < new Date()) throw new InvalidTokenException('The access token expired');
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class InvalidTokenException extends SecurityException {
  readonly code = 'invalid_token';

  /** @param description Sent as the message and as `error_description`. Default: none. */
  constructor(
    readonly description?: string,
    options?: SecurityExceptionOptions,
  ) {
    super(401, description ?? 'Invalid credentials', 'Unauthorized', options);
  }
}
