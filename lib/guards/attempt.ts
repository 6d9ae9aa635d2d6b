import { types } from 'node:util';
import { HttpException } from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/call-authentication.js';
import { IgnoredCredentialsException } from '../errors/ignored-credentials.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { MalformedError } from '../protocol/malformed.error.js';
import type { Authentication, MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { withDeadline } from '../protocol/deadline.js';
import { holdsPromise, isUnsettled, silence } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import { badTokenOf } from './bad-token.js';
import { exceptionStatus, failureOf, ifReadable } from './failure.js';
import { mayHoldPromise, mayReadPromise } from './settled-answers.js';
import { isUnreachable } from './unreachable.js';

type Answer = Authentication | null | undefined | false;

/** One scheme's part in one call: what was sent for it, then whether that is good. Each is found out once. */
export class Attempt {
  /** What was sent, unless it is absent or malformed. */
  credentials: unknown;
  /** Why it cannot be accepted. */
  failure: HttpException | undefined;
  accepted: AcceptedCredentials | undefined;
  private valid: MaybePromise<boolean> | undefined;

  constructor(
    readonly entry: RegisteredScheme,
    readonly scheme: SecurityScheme,
  ) {}

  /** Whether there are credentials to validate. */
  get isUsable(): boolean {
    return this.credentials !== undefined && this.failure === undefined;
  }

  /** Whether anything was sent, however wrong: a failure to read it may say that nothing was, and `validate` that it does not count. */
  get isPresent(): boolean {
    const { credentials, failure } = this;
    return credentials === undefined
      ? failure !== undefined && !(failure instanceof NotAuthenticatedException)
      : !(failure instanceof IgnoredCredentialsException);
  }

  extract(request: SecurityRequest): this {
    try {
      const credentials: unknown = this.scheme.extract(request) ?? undefined;
      // A whole request is the application's, with whatever its middleware put there.
      if (typeof credentials === 'object' && credentials !== request) this.assertRead(credentials);
      this.credentials = credentials;
    } catch (error) {
      this.failure = this.malformed(error, request);
    }
    return this;
  }

  private assertRead(credentials: object | null): void {
    if (isUnsettled(credentials)) {
      throw new TypeError('extract() must not be asynchronous: validate() may');
    }
    if (mayReadPromise(this.entry) && holdsPromise(credentials)) {
      throw new TypeError(
        'extract() must return nothing that has to be waited for: validate() may',
      );
    }
  }

  /** Whether the credentials are good; they must be there. An answer may take `timeout` seconds. */
  validate(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    return (this.valid ??= this.ask(context, timeout));
  }

  private ask(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    const { scheme, credentials } = this;
    try {
      if (scheme.validate === undefined) return this.acceptUnvalidated();
      const answer = scheme.validate(credentials, context);
      return isPromise(answer) ? this.settle(answer, context, timeout) : this.accept(answer);
    } catch (error) {
      return this.refuse(error, context);
    }
  }

  /** One that is made per request, or was changed since, may lack what the application was told that it has. */
  private acceptUnvalidated(): boolean {
    const { entry, scheme, credentials } = this;
    if (entry.scheme.validate === undefined && (!('validate' in scheme) || scheme.unvalidated)) {
      return this.accept({ user: credentials });
    }
    throw new TypeError('validate is undefined, so that whatever is sent would be accepted');
  }

  private settle(
    answer: Promise<Answer>,
    context: ValidationContext,
    timeout: number,
  ): Promise<boolean> {
    return withDeadline(answer, timeout, `${this.scheme.schemeName}.validate()`).then(
      (settled) => {
        try {
          return this.accept(settled);
        } catch (error) {
          return this.refuse(error, context);
        }
      },
      (error: unknown) => this.refuse(error, context),
    );
  }

  private accept(answer: Answer): boolean {
    if (!answer) {
      this.failure = new InvalidTokenException();
      return false;
    }
    const { user, scopes, expiresAt } = answer;
    const isAnswer =
      isSettled(answer, user, scopes, expiresAt) && user !== undefined && user !== null;
    if (!isAnswer || (mayHoldPromise(this.entry) && holdPromises(user, answer))) {
      throw unusable(user, answer);
    }
    if (expiresAt !== undefined && !isAhead(expiresAt)) {
      this.failure = new InvalidTokenException();
      return false;
    }
    const { entry, credentials } = this;
    this.accepted = { entry, user, credentials, scopes, expiresAt };
    return true;
  }

  private refuse(error: unknown, { request }: ValidationContext): false {
    silence(error);
    const sent = () => [this.credentials, ...sentWith(request)];
    const { schemeName } = this.scheme;
    const refusal = isRefusal(error) ? error : refusalOf(error, schemeName, sent);
    if (refusal === undefined) throw failureOf(error, schemeName, sent());
    this.failure = refusal;
    return false;
  }

  private malformed(error: unknown, request: SecurityRequest): HttpException {
    silence(error);
    if (error instanceof SecurityException) return error;
    if (error instanceof MalformedError) {
      return new InvalidTokenException(undefined, { cause: error });
    }
    throw failureOf(error, this.scheme.schemeName, sentWith(request));
  }
}

/** What says "not these credentials", so that another alternative may still do; anything else is final. */
function isRefusal(error: unknown): error is HttpException {
  const status = exceptionStatus(error);
  return status !== undefined && (status === 401 || error instanceof SecurityException);
}

/** What a library for tokens threw, unless it could not reach what it asks. */
function refusalOf(
  error: unknown,
  schemeName: string,
  sent: () => readonly unknown[],
): HttpException | undefined {
  return ifReadable(() =>
    isUnreachable(error) ? undefined : badTokenOf(error, schemeName, sent()),
  );
}

/** Beyond any time that is meant in seconds, the year 9999 included; in milliseconds it was in 2001. */
const LATEST = 1e12;

/**
 * Whether a time, in seconds since the epoch, is still to come; `Infinity` always is.
 *
 * @throws TypeError where it is no time, or one in milliseconds, which would never come.
 */
function isAhead(expiresAt: unknown): boolean {
  if (typeof expiresAt === 'number' && (expiresAt < LATEST || expiresAt === Infinity))
    return expiresAt * 1000 > Date.now();
  if (typeof expiresAt === 'number' && expiresAt >= LATEST) {
    throw new TypeError(
      'validate() must return expiresAt in seconds since the epoch, as exp is: it returned milliseconds',
    );
  }
  throw new TypeError('validate() must return expiresAt as a number of seconds since the epoch');
}

/** Whether nothing that is read of an answer has to be waited for; each is asked, so that no rejection ends the process. */
function isSettled(
  answer: Authentication,
  user: unknown,
  scopes: unknown,
  expiresAt: unknown,
): boolean {
  if (typeof answer !== 'object') return false;
  let settled = !isUnsettled(user);
  if (isUnsettled(scopes)) settled = false;
  if (isUnsettled(expiresAt)) settled = false;
  return (scopes === undefined || areSettled(scopes)) && settled;
}

/** Whether anything in an answer has to be waited for, read or not; all is asked. */
function holdPromises(user: unknown, answer: Authentication): boolean {
  const members = Object.values(answer).map(isUnsettled);
  return [...members, holdsPromise(user), holdsPromise(answer)].includes(true);
}

function unusable(user: unknown, answer: Authentication): TypeError {
  silence(user);
  silence(answer);
  return new TypeError(
    'validate() must return { user, scopes? } with a user, and nothing in it that has to be waited for, or null to refuse',
  );
}

function areSettled(scopes: unknown): boolean {
  if (!Array.isArray(scopes)) {
    return !types.isSet(scopes) || areSettled([...Set.prototype.values.call(scopes)]);
  }
  let settled = true;
  // By index: an iterator of the list's own may hide what is in it.
  for (let index = 0; index < scopes.length; index++) {
    if (isUnsettled(scopes[index])) settled = false;
  }
  return settled;
}

/** Whether a value has to be waited for. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
