import { HttpException, Logger, ServiceUnavailableException } from '@nestjs/common';
import { DeadlineExceededError } from './deadline.js';
import { isUnreachable, reasonOf } from './unreachable.js';

/** What to throw for an error of a scheme that says nothing about the credentials: never an answer of 401. */
export function failureOf(error: unknown, schemeName: string): unknown {
  const unavailable = unavailability(error);
  if (unavailable === undefined) {
    return posesAsAnswer(error)
      ? new Error(`${schemeName}.validate() failed`, { cause: error })
      : error;
  }
  // Not the error itself: clients attach the request to theirs, credentials included.
  new Logger(schemeName).error(reasonOf(unavailable));
  return unavailable;
}

/** The 503 that an error amounts to, if any; Nest logs no exception that has a status, and this one is worth it. */
function unavailability(error: unknown): HttpException | undefined {
  if (error instanceof HttpException) return error.getStatus() === 503 ? error : undefined;
  return error instanceof DeadlineExceededError || isUnreachable(error)
    ? new ServiceUnavailableException('Service unavailable', {
        cause: error,
        description: 'Service Unavailable', // which Nest 11 leaves out of the body otherwise
      })
    : undefined;
}

/** Nest would answer with the status of an object that has one, whatever it is. */
function posesAsAnswer(error: unknown): boolean {
  return (
    !(error instanceof HttpException) &&
    typeof (error as { statusCode?: unknown } | null | undefined)?.statusCode === 'number'
  );
}
