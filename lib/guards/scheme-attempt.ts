import { HttpException, Logger, ServiceUnavailableException } from '@nestjs/common';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { MalformedError } from '../protocol/malformed.error.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { Authentication, MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { DeadlineExceededError, withDeadline } from './deadline.js';
import { isPromise } from './maybe-promise.js';
import type { AcceptedCredentials } from './request-authentication.js';
import { isUnreachable, reasonOf } from './unreachable.js';

/** One scheme's part in one request: what was sent for it, and whether it is good. Each is found out once. */
export class SchemeAttempt implements AcceptedCredentials {
  /** What was sent, unless it is absent or malformed. */
  readonly credentials: unknown;
  /** Whether anything was sent, however wrong. */
  readonly present: boolean;
  /** Why it cannot be accepted. */
  failure: HttpException | undefined;
  /** What `validate` answered, once it has accepted the credentials. */
  user: unknown;
  scopes: unknown;
  /** Whether it stood in an alternative that lacked a required scope. */
  insufficient = false;
  private valid: MaybePromise<boolean> | undefined;

  constructor(
    readonly entry: RegisteredScheme,
    readonly scheme: SecurityScheme,
    request: SecurityRequest,
    /** The one before it in the same request. */
    readonly earlier?: SchemeAttempt,
  ) {
    try {
      this.credentials = scheme.extract(request) ?? undefined;
      this.present = this.credentials !== undefined;
    } catch (error) {
      this.failure = malformed(error);
      this.present = !(this.failure instanceof NotAuthenticatedException);
    }
  }

  /** Whether the credentials are good; they must be there. An answer may take `timeout` seconds. */
  validate(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    return (this.valid ??= this.failure === undefined ? this.check(context, timeout) : false);
  }

  private check(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    const { scheme } = this;
    if (scheme.validate === undefined) return this.accept({ user: this.credentials });
    try {
      const answer = scheme.validate(this.credentials, context);
      return isPromise(answer) ? this.settle(answer, timeout) : this.accept(answer);
    } catch (error) {
      return this.refuse(error);
    }
  }

  private settle(
    answer: Promise<Authentication | null | undefined | false>,
    timeout: number,
  ): Promise<boolean> {
    return withDeadline(answer, timeout, `${this.scheme.schemeName}.validate()`).then(
      (settled) => this.accept(settled),
      (error: unknown) => this.refuse(error),
    );
  }

  private accept(answer: Authentication | null | undefined | false): boolean {
    if (!answer) {
      this.failure = new InvalidTokenException();
      return false;
    }
    if (typeof answer !== 'object' || answer.user === undefined || answer.user === null) {
      throw new TypeError(
        `${this.scheme.schemeName}.validate() must return { user, scopes? } with a user, or null to refuse`,
      );
    }
    this.user = answer.user;
    this.scopes = answer.scopes;
    return true;
  }

  private failed(cause: unknown): Error {
    return new Error(`${this.scheme.schemeName}.validate() failed`, { cause });
  }

  private refuse(error: unknown): false {
    if (isRefusal(error)) {
      this.failure = error;
      return false;
    }
    const unavailable = unavailability(error);
    if (unavailable === undefined) throw posesAsAnswer(error) ? this.failed(error) : error;
    // Not the error itself: clients attach the request to theirs, credentials included.
    new Logger(this.scheme.schemeName).error(reasonOf(unavailable));
    throw unavailable;
  }
}

/** Nest would answer with the status of an object that has one, whatever it is. */
function posesAsAnswer(error: unknown): boolean {
  return (
    !(error instanceof HttpException) &&
    typeof (error as { statusCode?: unknown } | null | undefined)?.statusCode === 'number'
  );
}

/** The 503 that an error amounts to, if any; Nest logs no exception that has a status, and this one is worth it. */
function unavailability(error: unknown): HttpException | undefined {
  if (error instanceof HttpException) return error.getStatus() === 503 ? error : undefined;
  return error instanceof DeadlineExceededError || isUnreachable(error)
    ? new ServiceUnavailableException('Service unavailable', { cause: error })
    : undefined;
}

function malformed(error: unknown): SecurityException {
  if (error instanceof SecurityException) return error;
  if (!(error instanceof MalformedError)) throw error;
  return new InvalidTokenException(undefined, { cause: error });
}

/** What says "not these credentials", so that another alternative may still do; anything else is final. */
function isRefusal(error: unknown): error is HttpException {
  return (
    error instanceof SecurityException ||
    (error instanceof HttpException && error.getStatus() === 401)
  );
}
