import { HttpException } from '@nestjs/common';
import { IgnoredCredentialsException } from '../errors/ignored-credentials.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { MalformedError } from '../protocol/malformed.error.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { Authentication, MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { withDeadline } from './deadline.js';
import { isPromise } from './maybe-promise.js';
import type { AcceptedCredentials } from './request-authentication.js';
import { failureOf } from './validate-failure.js';

/** One scheme's part in one request: what was sent for it, and whether it is good. Each is found out once. */
export class SchemeAttempt implements AcceptedCredentials {
  /** What was sent, unless it is absent or malformed. */
  readonly credentials: unknown;
  /** Whether anything was sent, however wrong. */
  present: boolean;
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
    readonly request: SecurityRequest,
    /** The one before it in the same request. */
    readonly earlier?: SchemeAttempt,
  ) {
    try {
      this.credentials = scheme.extract(request) ?? undefined;
      this.present = this.credentials !== undefined;
      if (isPromise(this.credentials)) {
        throw new TypeError(
          `${scheme.schemeName}.extract() must not be asynchronous: validate() may`,
        );
      }
    } catch (error) {
      this.failure = malformed(error);
      this.present = !(this.failure instanceof NotAuthenticatedException);
    }
  }

  /** Whether there are credentials to validate. */
  isUsable(): boolean {
    return this.credentials !== undefined && this.failure === undefined;
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
    const { user } = answer;
    if (typeof answer !== 'object' || user === undefined || user === null || isPromise(user)) {
      throw new TypeError(
        `${this.scheme.schemeName}.validate() must return { user, scopes? } with a user who was waited for, or null to refuse`,
      );
    }
    this.user = user;
    this.scopes = answer.scopes;
    return true;
  }

  private refuse(error: unknown): false {
    if (isRefusal(error)) {
      this.failure = error;
      if (error instanceof IgnoredCredentialsException) this.present = false;
      return false;
    }
    throw failureOf(error, this.scheme.schemeName);
  }
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
