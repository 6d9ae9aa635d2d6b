import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The credentials are valid but do not grant every required scope: 403, `error="insufficient_scope"` from bearer schemes.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
 * import { BaseExceptionFilter } from '@nestjs/core';
 * import { InsufficientScopeException } from 'nestjs-security';
 *
 * @Catch(InsufficientScopeException)
 * export class InsufficientScopeFilter extends BaseExceptionFilter {
 *   override catch(exception: InsufficientScopeException, host: ArgumentsHost) {
 *     new Logger('Security').warn(exception.code, exception.cause);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
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
