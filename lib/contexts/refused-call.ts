import { type HttpException, HttpStatus } from '@nestjs/common';
import { SecurityException } from '../errors/security.exception.js';

/**
 * What a refused call is answered with where an answer has neither a status nor headers.
 *
 * @publicApi
 */
export interface RefusedCall {
  readonly status: 'error';
  readonly message: string;
  /** As HTTP's. */
  readonly statusCode: number;
  /** The code of the `SecurityException`, such as `invalid_token`, or the status in words. */
  readonly error: string;
  /** The `WWW-Authenticate` values. */
  readonly challenges: readonly string[];
}

/** A refusal in plain data. */
export function refusedCall(exception: HttpException, challenges: readonly string[]): RefusedCall {
  const statusCode = exception.getStatus();
  const error =
    exception instanceof SecurityException
      ? exception.code
      : (HttpStatus[statusCode] ?? 'error').toLowerCase();
  return { status: 'error', message: exception.message, statusCode, error, challenges };
}

/** Makes what a refused call is answered with: nobody reads a stack, which costs more than all the rest of it. */
export function withoutStack<T extends Error>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
