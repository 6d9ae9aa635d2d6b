import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The request carries no credentials the route could use: 401, with a challenge that holds no `error`.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
 * import { BaseExceptionFilter } from '@nestjs/core';
 * import { NotAuthenticatedException } from 'nestjs-security';
 *
 * @Catch(NotAuthenticatedException)
 * export class NotAuthenticatedFilter extends BaseExceptionFilter {
 *   override catch(exception: NotAuthenticatedException, host: ArgumentsHost) {
 *     new Logger('Security').warn(exception.code, exception.cause);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class NotAuthenticatedException extends SecurityException {
  readonly code = 'not_authenticated';

  constructor(options?: SecurityExceptionOptions) {
    super(401, 'Not authenticated', 'Unauthorized', options);
  }
}
