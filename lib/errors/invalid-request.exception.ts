import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The request is ambiguous, such as the same credential sent twice: 400, `error="invalid_request"` from bearer schemes.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
 * import { BaseExceptionFilter } from '@nestjs/core';
 * import { InvalidRequestException } from 'nestjs-security';
 *
 * @Catch(InvalidRequestException)
 * export class InvalidRequestFilter extends BaseExceptionFilter {
 *   override catch(exception: InvalidRequestException, host: ArgumentsHost) {
 *     new Logger('Security').warn(exception.code, exception.cause);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @publicApi
 */
export class InvalidRequestException extends SecurityException {
  readonly code = 'invalid_request';

  constructor(message: string, options?: SecurityExceptionOptions) {
    super(400, message, 'Bad Request', options);
  }
}
