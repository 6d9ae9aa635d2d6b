import type { HttpException } from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { IgnoredCredentialsException } from '../errors/ignored-credentials.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Unaccepted } from './unaccepted.js';
import { validate } from './validation.js';

/**
 * One scheme's part in one call: what was sent for it, and whether that is good. The scheme is asked once for either.
 */
export class Attempt {
  /** What was sent, unless it is absent or malformed. */
  readonly credentials: unknown;
  /** Why it cannot be accepted. */
  failure: HttpException | undefined = undefined;
  accepted: AcceptedCredentials | undefined = undefined;
  private valid: MaybePromise<boolean> | undefined = undefined;
  /** What asking has thrown, which says nothing about the credentials. */
  private thrown: { readonly error: unknown } | undefined = undefined;

  /** @param sent What was extracted. */
  constructor(
    readonly entry: RegisteredScheme,
    readonly scheme: SecurityScheme,
    sent: unknown,
  ) {
    if (sent instanceof Unaccepted) this.failure = sent.failure;
    else this.credentials = sent;
  }

  /** Whether there are credentials to validate. */
  get isUsable(): boolean {
    return this.credentials !== undefined && this.failure === undefined;
  }

  /**
   * Whether anything was sent, however wrong. `NotAuthenticatedException` from reading it says that nothing was, and
   * `IgnoredCredentialsException` that what was sent does not count.
   */
  get isPresent(): boolean {
    const { credentials, failure } = this;
    return credentials === undefined
      ? failure !== undefined && !(failure instanceof NotAuthenticatedException)
      : !(failure instanceof IgnoredCredentialsException);
  }

  /** Whether it could not be found out whether the credentials are good. */
  get isOut(): boolean {
    return this.thrown !== undefined;
  }

  /** Whether the credentials are good; asked only where they are usable. `validate` may take `timeout` seconds. */
  validate(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    if (this.thrown !== undefined) throw this.thrown.error;
    return (this.valid ??= this.ask(context, timeout));
  }

  private ask(context: ValidationContext, timeout: number): MaybePromise<boolean> {
    let found: MaybePromise<AcceptedCredentials | Unaccepted>;
    try {
      found = validate(this.entry, this.scheme, this.credentials, context, timeout);
    } catch (error) {
      this.thrown = { error };
      throw error;
    }
    return isPromise(found) ? found.then((settled) => this.learn(settled)) : this.learn(found);
  }

  /** Keeps what validation found out, and tells whether the credentials are good. */
  learn(found: AcceptedCredentials | Unaccepted): boolean {
    if (found instanceof Unaccepted) this.failure = found.failure;
    else this.accepted = found;
    this.valid = this.accepted !== undefined;
    return this.valid;
  }
}
