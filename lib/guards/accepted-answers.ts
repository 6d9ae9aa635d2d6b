import { types } from 'node:util';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { holdsPromise, isUnsettled, silence } from '../protocol/unsettled.js';
import type { Authentication, MaybePromise } from '../schemes/authentication.js';
import { mayHoldPromise } from './settled-answers.js';
import { Unaccepted } from './unaccepted.js';

/** What a scheme's `validate` answers, when it does. */
export type Answer = Authentication | null | undefined | false;

/**
 * Accepts the usual answer, with which `accept` would find nothing amiss: an object with a user and a list of texts.
 * `undefined` for all others, such as those that expire, and while answers are looked into for a forgotten `await`.
 */
export function acceptUsual(
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

/**
 * Accepts an answer that names a user, unless it has expired.
 *
 * @throws TypeError where `validate` may not give that answer, as where something in it has to be waited for.
 */
export function accept(
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
