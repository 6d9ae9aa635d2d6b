import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { MalformedError } from '../protocol/malformed.error.js';
import { holdsPromise, isUnsettled, silence } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { failureOf } from './failure.js';
import { mayReadPromise } from './settled-answers.js';
import { Unaccepted } from './unaccepted.js';

/** What was sent for a scheme: its credentials, `undefined` where nothing was, or why they cannot be read. */
export function extract(
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  request: SecurityRequest,
): unknown {
  try {
    const credentials: unknown = scheme.extract(request) ?? undefined;
    // A scheme may return the whole request: it is the application's object and may hold promises that its middleware
    // put there.
    if (typeof credentials === 'object' && credentials !== request) assertRead(credentials!, entry);
    return credentials;
  } catch (error) {
    return malformed(error, scheme, request);
  }
}

function assertRead(credentials: object, entry: RegisteredScheme): void {
  // `isUnsettled` is shown values of all shapes, for which engines look `then` up anew each time.
  const { then }: { readonly then?: unknown } = credentials;
  if (then === undefined && entry.isReadSettled === true) return;
  if (isUnsettled(credentials)) {
    throw new TypeError('extract() must not be asynchronous: validate() may');
  }
  if (mayReadPromise(entry) && holdsPromise(credentials)) {
    throw new TypeError('extract() must return nothing that has to be waited for: validate() may');
  }
}

function malformed(
  error: unknown,
  { schemeName }: SecurityScheme,
  request: SecurityRequest,
): Unaccepted {
  silence(error);
  if (error instanceof SecurityException) return new Unaccepted(error);
  if (error instanceof MalformedError) {
    return new Unaccepted(new InvalidTokenException(undefined, { cause: error }));
  }
  throw failureOf(error, schemeName, sentWith(request));
}
