import { ForbiddenException, type HttpException } from '@nestjs/common';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import type { Alternative } from '../requirements/alternatives.js';
import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { grantsAll } from './granted-scopes.js';
import { isPromise } from './maybe-promise.js';
import { Refusal } from './refusal.js';
import type { RequestAuthentication } from './request-authentication.js';
import { SchemeAttempt } from './scheme-attempt.js';

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
  return new Decision(policy, request, schemes).tryFrom(0);
}

class Decision {
  private readonly attempts: SchemeAttempt[] = [];
  private readonly insufficient: SchemeAttempt[] = [];
  private readonly context: ValidationContext;

  constructor(
    private readonly policy: Policy,
    private readonly request: SecurityRequest,
    private readonly schemes: ReadonlyMap<RegisteredScheme, SecurityScheme> | undefined,
  ) {
    this.context = { scopes: policy.scopes, scopeStr: policy.scopeStr, request };
  }

  tryFrom(first: number): MaybePromise<RequestAuthentication | Refusal> {
    const { alternatives } = this.policy;
    for (let index = first; index < alternatives.length; index++) {
      const attempts = this.complete(alternatives[index]!);
      if (attempts === undefined) continue;
      const valid = this.validate(attempts, 0);
      if (isPromise(valid)) {
        return valid.then((settled) =>
          settled && this.grants(attempts) ? this.accept(attempts) : this.tryFrom(index + 1),
        );
      }
      if (valid && this.grants(attempts)) return this.accept(attempts);
    }
    return this.conclude();
  }

  /** The attempts of an alternative, unless some credentials are missing or wrong: then it cannot hold. */
  private complete(alternative: Alternative<RegisteredScheme>): SchemeAttempt[] | undefined {
    let complete = alternative.length > 0;
    const attempts: SchemeAttempt[] = [];
    for (const entry of alternative) {
      const attempt = this.attempt(entry);
      if (!attempt.present || attempt.failure !== undefined) complete = false;
      attempts.push(attempt);
    }
    return complete ? attempts : undefined;
  }

  private attempt(entry: RegisteredScheme): SchemeAttempt {
    for (const attempt of this.attempts) if (attempt.entry === entry) return attempt;
    const scheme = this.schemes?.get(entry) ?? entry.scheme;
    const attempt = new SchemeAttempt(entry, scheme, this.request);
    this.attempts.push(attempt);
    return attempt;
  }

  private validate(attempts: readonly SchemeAttempt[], first: number): MaybePromise<boolean> {
    for (let index = first; index < attempts.length; index++) {
      const valid = attempts[index]!.validate(this.context, this.policy.validateTimeout);
      if (isPromise(valid)) {
        return valid.then((settled) => settled && this.validate(attempts, index + 1));
      }
      if (!valid) return false;
    }
    return true;
  }

  private grants(attempts: readonly SchemeAttempt[]): boolean {
    const { scopes, scopeMatcher } = this.policy;
    if (scopes.length === 0 || grantsAll(scopes, attempts, scopeMatcher)) return true;
    this.insufficient.push(...attempts);
    return false;
  }

  private accept(accepted: readonly SchemeAttempt[]): RequestAuthentication {
    return { policy: this.policy, accepted };
  }

  /** No alternative held: the request is anonymous if it may be and sent nothing, otherwise refused. */
  private conclude(): RequestAuthentication | Refusal {
    const { attempts, policy } = this;
    if (policy.alternatives.length === 0) {
      return new Refusal(new ForbiddenException('This route declares no security'), []);
    }
    if (policy.anonymous && !attempts.some(({ present }) => present)) return this.accept([]);
    const failures = attempts.flatMap(({ failure }) => failure ?? []);
    const thrown = failures.find((failure) => failure instanceof InsufficientScopeException);
    if (this.insufficient.length > 0 || thrown !== undefined) return this.forbid(thrown);
    const exception =
      failures.find((failure) => failure.getStatus() === 400) ??
      failures.find((failure) => !(failure instanceof NotAuthenticatedException)) ??
      new NotAuthenticatedException();
    return new Refusal(
      exception,
      attempts.map((attempt) => this.challenge(attempt)),
    );
  }

  private forbid(thrown?: HttpException): Refusal {
    const exception = thrown ?? new InsufficientScopeException(this.policy.scopes);
    const challenges = this.attempts
      .filter(
        (attempt) =>
          this.insufficient.includes(attempt) ||
          attempt.failure instanceof InsufficientScopeException,
      )
      .map(({ scheme, failure = exception }) => this.challenge({ scheme, failure }));
    return new Refusal(exception, challenges);
  }

  private challenge({ scheme, failure }: Pick<SchemeAttempt, 'scheme' | 'failure'>): string {
    const known = failure instanceof SecurityException ? failure : undefined;
    const challenge = known?.challenge ?? scheme.challenge(known);
    const { resourceMetadata } = this.policy;
    return resourceMetadata === undefined
      ? challenge
      : withResourceMetadata(challenge, resourceMetadata);
  }
}
