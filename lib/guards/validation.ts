import { types } from 'node:util';
import { HttpException } from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { thenWithin } from '../protocol/deadline.js';
import { holdsPromise, isPromise, isUnsettled, silence } from '../protocol/unsettled.js';
import type { Authentication, MaybePromise, ValidationContext } from '../schemes/authentication.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { badTokenOf } from './bad-token.js';
import { exceptionStatus, failureOf, ifReadable } from './failure.js';
import { mayHoldPromise } from './settled-answers.js';
import { isUnreachable } from './unreachable.js';

type Answer = Authentication | null | undefined | false;

/** The reason why a scheme does not accept a call. */
export class Unaccepted {
  constructor(readonly failure: HttpException) {}
}

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
      acceptPlain(answer, entry, credentials) ??
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

/**
 * Accepts the usual answer, with which `accept` would find nothing amiss: an object with a user and a list of texts.
 * `undefined` for all others, such as those that expire, and while answers are looked into for a forgotten `await`.
 */
function acceptPlain(
  answer: MaybePromise<Answer>,
  entry: RegisteredScheme,
  credentials: unknown,
): AcceptedCredentials | undefined {
  if (!answer || entry.isSettled !== true) return undefined;
  // `isPromise` is shown values of all shapes, for which engines look members up anew each time.
  const { user, scopes, expiresAt, then } = answer as Authentication & { readonly then?: unknown };
  const isPlain =
    then === undefined && expiresAt === undefined && isPlainUser(user) && areTexts(scopes);
  return isPlain && typeof answer === 'object'
    ? { entry, user, credentials, scopes, expiresAt }
    : undefined;
}

function isPlainUser(user: unknown): boolean {
  return isAnyone(user) && (user as { readonly then?: unknown }).then === undefined;
}

function areTexts(scopes: unknown): boolean {
  if (!Array.isArray(scopes)) return scopes === undefined;
  for (let index = 0; index < scopes.length; index++) {
    if (typeof scopes[index] !== 'string') return false;
  }
  return true;
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
    return acceptPlain(answer, entry, credentials) ?? accept(answer, entry, credentials);
  } catch (error) {
    return refuse(error, scheme, credentials, context);
  }
}

function accept(
  answer: Answer,
  entry: RegisteredScheme,
  credentials: unknown,
): AcceptedCredentials | Unaccepted {
  if (!answer) return new Unaccepted(new InvalidTokenException());
  const { user, scopes, expiresAt } = answer;
  const isAnswer =
    typeof answer === 'object' &&
    isUser(user) &&
    areSettled(scopes) &&
    !isUnsettled(expiresAt) &&
    !(mayHoldPromise(entry) && holdPromises(user, answer));
  if (!isAnswer) throw unusable(answer, user, scopes, expiresAt);
  return expiresAt === undefined || isAhead(expiresAt)
    ? { entry, user, credentials, scopes, expiresAt }
    : new Unaccepted(new InvalidTokenException());
}

function isUser(user: unknown): boolean {
  return isAnyone(user) && !isUnsettled(user);
}

/** `false` is nobody: `user: isFound && { … }` must let nobody in. An empty name may be somebody's. */
function isAnyone(user: unknown): boolean {
  return user !== undefined && user !== null && user !== false;
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

/** Larger than any time in seconds, even in the year 9999; in milliseconds it was reached in 2001. */
const LATEST = 1e12;

/**
 * Whether a time, in seconds since the epoch, is still to come; `Infinity` always is.
 *
 * @throws TypeError where it is no time, or is one in milliseconds, which would never come.
 */
function isAhead(expiresAt: unknown): boolean {
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
    throw new TypeError('validate() must return expiresAt as a number of seconds since the epoch');
  }
  if (expiresAt >= LATEST && expiresAt !== Infinity) {
    throw new TypeError(
      'validate() must return expiresAt in seconds since the epoch, as exp is: it returned milliseconds',
    );
  }
  return expiresAt * 1000 > Date.now();
}

/**
 * Whether anything in an answer is a promise. Every member is checked, even after the first promise, so that each is
 * silenced.
 */
function holdPromises(user: unknown, answer: Authentication): boolean {
  const members = Object.values(answer).map(isUnsettled);
  return [...members, holdsPromise(user), holdsPromise(answer)].includes(true);
}

/** The error of an unusable answer. Every promise in it is silenced, so that no rejection ends the process. */
function unusable(...read: readonly unknown[]): TypeError {
  read.forEach(silence);
  return new TypeError(
    'validate() must return { user, scopes? } with a user, and nothing in it that has to be waited for, or null to refuse',
  );
}

/** Goes by index: the list may have an iterator of its own that hides members. */
function areSettled(scopes: unknown): boolean {
  if (!Array.isArray(scopes)) return scopes === undefined || isSettledSet(scopes);
  for (let index = 0; index < scopes.length; index++) {
    if (isUnsettled(scopes[index])) return false;
  }
  return true;
}

function isSettledSet(scopes: unknown): boolean {
  return (
    !isUnsettled(scopes) &&
    (!types.isSet(scopes) || areSettled([...Set.prototype.values.call(scopes)]))
  );
}
