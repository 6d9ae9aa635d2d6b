import type { HttpException } from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { SecurityException } from '../errors/security.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { thenWithin } from '../protocol/deadline.js';
import { isPromise, silence } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { accept, acceptUsual, type Answer } from './accepted-answers.js';
import { badTokenOf } from './bad-token.js';
import { exceptionStatus, failureOf, ifReadable } from './failure.js';
import { Unaccepted } from './unaccepted.js';
import { isUnreachable } from './unreachable.js';

/**
 * What a scheme finds out about credentials that were sent for it.
 *
 * @param timeout How many seconds it may take.
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function validate(
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  credentials: unknown,
  context: ValidationContext,
  timeout: number,
): MaybePromise<AcceptedCredentials | Unaccepted> {
  try {
    if (scheme.validate === undefined) return acceptUnvalidated(entry, scheme, credentials);
    const answer = scheme.validate(credentials, context);
    return (
      acceptUsual(answer, entry, credentials) ??
      judge(answer, timeout, entry, scheme, credentials, context)
    );
  } catch (error) {
    return refuse(error, scheme, credentials, context);
  }
}

/**
 * Decides where a scheme has no `validate`. Boot checks that, but an instance that is made per request, or changed
 * since, may lack what the described one had.
 */
function acceptUnvalidated(
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  credentials: unknown,
): AcceptedCredentials | Unaccepted {
  if (entry.scheme.validate === undefined && (!('validate' in scheme) || scheme.unvalidated)) {
    return accept({ user: credentials }, entry, credentials);
  }
  throw new TypeError('validate is undefined, so that whatever is sent would be accepted');
}

function judge(
  answer: MaybePromise<Answer>,
  timeout: number,
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  credentials: unknown,
  context: ValidationContext,
): MaybePromise<AcceptedCredentials | Unaccepted> {
  return isPromise(answer)
    ? settle(answer, timeout, entry, scheme, credentials, context)
    : accept(answer, entry, credentials);
}

/** Each `async` function that a usual answer passed would allocate 0.2 kB more. */
function settle(
  answer: Promise<Answer>,
  timeout: number,
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  credentials: unknown,
  context: ValidationContext,
): Promise<AcceptedCredentials | Unaccepted> {
  return thenWithin(
    answer,
    timeout,
    `${scheme.schemeName}.validate()`,
    (settled) => acceptSettled(settled, entry, scheme, credentials, context),
    (error) => refuse(error, scheme, credentials, context),
  );
}

function acceptSettled(
  answer: Answer,
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  credentials: unknown,
  context: ValidationContext,
): AcceptedCredentials | Unaccepted {
  try {
    return acceptUsual(answer, entry, credentials) ?? accept(answer, entry, credentials);
  } catch (error) {
    return refuse(error, scheme, credentials, context);
  }
}

function refuse(
  error: unknown,
  { schemeName }: SecurityScheme,
  credentials: unknown,
  { request }: ValidationContext,
): Unaccepted {
  silence(error);
  const sent = () => [credentials, ...sentWith(request)];
  const refusal = isRefusal(error) ? error : refusalOf(error, schemeName, sent);
  if (refusal === undefined) throw failureOf(error, schemeName, sent());
  return new Unaccepted(refusal);
}

/** Whether an error refuses the credentials, so that another alternative may still hold. Any other error is final. */
function isRefusal(error: unknown): error is HttpException {
  const status = exceptionStatus(error);
  return status !== undefined && (status === 401 || error instanceof SecurityException);
}

/** The refusal that an error of a token library amounts to, unless it means an outage. */
function refusalOf(
  error: unknown,
  schemeName: string,
  sent: () => readonly unknown[],
): HttpException | undefined {
  return ifReadable(() =>
    isUnreachable(error) ? undefined : badTokenOf(error, schemeName, sent()),
  );
}
