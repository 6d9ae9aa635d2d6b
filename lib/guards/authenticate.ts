import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import type { Alternative } from '../requirements/alternatives.js';
import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { grantsAll } from './granted-scopes.js';
import { andThen } from './maybe-promise.js';
import type { RequestAuthentication } from './request-authentication.js';
import { SchemeAttempt } from './scheme-attempt.js';

/** A request that is refused: what to throw, and the challenges to send with it. */
export class Refusal {
  constructor(
    readonly exception: HttpException,
    readonly challenges: readonly string[],
  ) {}
}

/**
 * Decides who a request comes from: alternatives in declared order, the first that holds.
 *
 * Synchronous where the schemes' `validate` is.
 *
 * @param schemes The schemes of this request, where their providers are no singletons.
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function authenticate(
  policy: Policy,
  request: SecurityRequest,
  schemes?: ReadonlyMap<RegisteredScheme, SecurityScheme>,
): MaybePromise<RequestAuthentication | Refusal> {
  return new Authentication(policy, request, schemes).tryFrom(0);
}

class Authentication {
  private readonly attempts = new Map<RegisteredScheme, SchemeAttempt>();
  private readonly insufficient = new Set<RegisteredScheme>();
  private readonly context: ValidationContext;

  constructor(
    private readonly policy: Policy,
    private readonly request: SecurityRequest,
    private readonly schemes: ReadonlyMap<RegisteredScheme, SecurityScheme> | undefined,
  ) {
    this.context = { scopes: policy.scopes, scopeStr: policy.scopeStr, request };
  }

  tryFrom(index: number): MaybePromise<RequestAuthentication | Refusal> {
    const alternative = this.policy.alternatives[index];
    if (alternative === undefined) return this.conclude();
    const attempts = alternative.map((entry) => this.attempt(entry));
    // An incomplete combination is not worth validating: it cannot succeed.
    if (attempts.length === 0 || attempts.some(({ present, failure }) => !present || failure)) {
      return this.tryFrom(index + 1);
    }
    return andThen(this.validateFrom(attempts, 0), (valid) =>
      valid && this.grants(alternative, attempts)
        ? this.accept(alternative, attempts)
        : this.tryFrom(index + 1),
    );
  }

  private attempt(entry: RegisteredScheme): SchemeAttempt {
    let attempt = this.attempts.get(entry);
    if (attempt === undefined) {
      attempt = new SchemeAttempt(this.schemes?.get(entry) ?? entry.scheme, this.request);
      this.attempts.set(entry, attempt);
    }
    return attempt;
  }

  private validateFrom(attempts: readonly SchemeAttempt[], index: number): MaybePromise<boolean> {
    const attempt = attempts[index];
    if (attempt === undefined) return true;
    return andThen(
      attempt.validate(this.context, this.policy.validateTimeout),
      (valid) => valid && this.validateFrom(attempts, index + 1),
    );
  }

  private grants(
    alternative: Alternative<RegisteredScheme>,
    attempts: readonly SchemeAttempt[],
  ): boolean {
    const { scopes, scopeMatcher } = this.policy;
    const grants = attempts.map(({ authentication }) => authentication!);
    if (grantsAll(scopes, grants, scopeMatcher)) return true;
    alternative.forEach((entry) => this.insufficient.add(entry));
    return false;
  }

  private accept(
    alternative: Alternative<RegisteredScheme>,
    attempts: readonly SchemeAttempt[],
  ): RequestAuthentication {
    const accepted = alternative.map((entry, index) => {
      const { authentication, credentials } = attempts[index]!;
      return { entry, user: authentication!.user, credentials, scopes: authentication!.scopes };
    });
    return { policy: this.policy, accepted };
  }

  /** No alternative held: the request is anonymous if it may be and sent nothing, otherwise refused. */
  private conclude(): RequestAuthentication | Refusal {
    if (this.policy.alternatives.length === 0) {
      return new Refusal(new ForbiddenException('This route declares no security'), []);
    }
    const attempts = [...this.attempts.values()];
    if (this.policy.anonymous && !attempts.some(({ present }) => present)) {
      return { policy: this.policy, accepted: [] };
    }
    const failures = attempts.flatMap(({ failure }) => failure ?? []);
    const thrown = failures.find((failure) => failure instanceof InsufficientScopeException);
    if (this.insufficient.size > 0 || thrown !== undefined) return this.forbid(thrown);
    const exception =
      failures.find((failure) => failure.getStatus() === 400) ??
      failures.find((failure) => !(failure instanceof NotAuthenticatedException)) ??
      new NotAuthenticatedException();
    return new Refusal(
      exception,
      attempts.map(({ scheme, failure }) => challengeOf(scheme, failure)),
    );
  }

  private forbid(thrown?: HttpException): Refusal {
    const exception = thrown ?? new InsufficientScopeException(this.policy.scopes);
    const challenges = [...this.attempts]
      .filter(([entry, { failure }]) => this.insufficient.has(entry) || failure === thrown)
      .map(([, { scheme, failure }]) => challengeOf(scheme, failure ?? exception));
    return new Refusal(exception, challenges);
  }
}

function challengeOf(scheme: SecurityScheme, failure: HttpException | undefined): string {
  if (!(failure instanceof SecurityException)) return scheme.challenge();
  return failure.challenge ?? scheme.challenge(failure);
}
