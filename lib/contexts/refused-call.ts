import { type HttpException, HttpStatus } from '@nestjs/common';
import { SecurityException } from '../errors/security.exception.js';

/**
 * The answer to a refused call, for transports whose answers have neither a status nor headers.
 *
 * @publicApi
 */
export interface RefusedCall {
  readonly status: 'error';
  readonly message: string;
  /** The status that HTTP would answer. */
  readonly statusCode: number;
  /** The code of the `SecurityException`, such as `invalid_token`, or the status in words. */
  readonly error: string;
  /** The `WWW-Authenticate` values. */
  readonly challenges: readonly string[];
}

/** Writes a refusal as plain data. */
export function refusedCall(exception: HttpException, challenges: readonly string[]): RefusedCall {
  const statusCode = exception.getStatus();
  const error =
    exception instanceof SecurityException
      ? exception.code
      : (HttpStatus[statusCode] ?? 'error').toLowerCase();
  return { status: 'error', message: exception.message, statusCode, error, challenges };
}

/** Creates an exception without a stack, which nobody reads and which would cost more than the rest of a refusal. */
export function withoutStack<T extends Error>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
