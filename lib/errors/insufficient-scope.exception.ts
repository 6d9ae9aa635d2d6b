import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The credentials are valid but do not grant every required scope: 403, `error="insufficient_scope"` from bearer schemes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class InsufficientScopeException extends SecurityException {
  readonly code = 'insufficient_scope';

  /** @param scopes Every scope the route requires. */
  constructor(
    readonly scopes: readonly string[],
    options?: SecurityExceptionOptions,
  ) {
    super(403, 'Insufficient scope', 'Forbidden', options);
  }
}
