import { HttpException } from '@nestjs/common';

/**
 * Options of a `SecurityException`, besides its message.
 *
 * @publicApi
 */
export interface SecurityExceptionOptions {
  /** The whole `WWW-Authenticate` value to send in place of the scheme's own. */
  readonly challenge?: string | undefined;
  /** The reason, for logs; it is never sent. */
  readonly cause?: unknown;
}

/** RFC 9110 5.5: field-value */
const SENDABLE = /^[\t\x20-\x7E\x80-\xFF]+$/;

/**
 * The base of all refusals: an HTTP status, a stable `code` and Nest's own body.
 *
 * It does not write headers: the guard does, from the scheme's `challenge(failure)`.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
 * import { BaseExceptionFilter } from '@nestjs/core';
 * import { SecurityException } from 'nestjs-security';
 *
 * @Catch(SecurityException)
 * export class SecurityFilter extends BaseExceptionFilter {
 *   override catch(exception: SecurityException, host: ArgumentsHost) {
 *     new Logger('Security').warn(exception.code, exception.cause);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export abstract class SecurityException extends HttpException {
  /** The RFC 6750 error code, where one exists. */
  abstract readonly code: string;
  /** A whole `WWW-Authenticate` value that replaces the scheme's own, when set. */
  readonly challenge: string | undefined;

  /** The name of the scheme that refused, set by the guard; `undefined` where nothing was sent. */
  readonly scheme: string | undefined;

  /** The headers of the answer, besides `WWW-Authenticate`. */
  get headers(): Readonly<Record<string, string>> {
    return {};
  }

  protected constructor(
    status: number,
    message: string,
    error: string,
    { challenge, cause }: SecurityExceptionOptions = {},
  ) {
    // No stack is captured: it would cost more than all the rest of a refusal, and this is an answer, not a bug.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(
      HttpException.createBody(message, error, status),
      status,
      cause === undefined ? {} : { cause },
    );
    Error.stackTraceLimit = stackTraceLimit;
    // It may quote something that a client sent: a challenge that no header can carry is replaced by the scheme's own.
    this.challenge = challenge !== undefined && SENDABLE.test(challenge) ? challenge : undefined;
  }
}
