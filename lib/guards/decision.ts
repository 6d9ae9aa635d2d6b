import type { Alternative } from '../requirements/alternatives.js';
import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { grantsAll } from './granted-scopes.js';
import { isPromise } from './maybe-promise.js';
import { type Refusal, refuse } from './refusal.js';
import { RequestAuthentication } from './request-authentication.js';
import { SchemeAttempt } from './scheme-attempt.js';

/**
 * A request's way through a policy's alternatives, in declared order, until one holds.
 *
 * Closures and iterators are kept out of what runs for every request: they cost more than the decision.
 */
export class Decision {
  /** What was tried so far, each scheme once, from the last to the first. */
  private latest: SchemeAttempt | undefined;
  private readonly context: ValidationContext;

  /** @param schemes The schemes of this request, where their providers are no singletons. */
  constructor(
    private readonly policy: Policy,
    request: SecurityRequest,
    private readonly schemes?: ReadonlyMap<RegisteredScheme, SecurityScheme>,
  ) {
    this.context = { scopes: policy.scopes, scopeStr: policy.scopeStr, request };
  }

  tryFrom(first: number): MaybePromise<RequestAuthentication | Refusal> {
    const { alternatives } = this.policy;
    for (let index = first; index < alternatives.length; index++) {
      const attempts = this.complete(alternatives[index]!);
      if (attempts === undefined) continue;
      const valid = this.validate(attempts, 0);
      if (isPromise(valid)) return this.settle(valid, attempts, index);
      if (valid && this.grants(attempts)) return this.accept(attempts);
    }
    return this.conclude();
  }

  private settle(
    valid: Promise<boolean>,
    attempts: readonly SchemeAttempt[],
    index: number,
  ): Promise<RequestAuthentication | Refusal> {
    return valid.then((settled) =>
      settled && this.grants(attempts) ? this.accept(attempts) : this.tryFrom(index + 1),
    );
  }

  /** The attempts of an alternative, unless some credentials are missing or wrong: then it cannot hold. */
  private complete(alternative: Alternative<RegisteredScheme>): SchemeAttempt[] | undefined {
    if (alternative.length === 0) return undefined;
    const attempts = [this.attempt(alternative[0]!)];
    for (let index = 1; index < alternative.length; index++) {
      attempts.push(this.attempt(alternative[index]!));
    }
    for (let index = 0; index < attempts.length; index++) {
      if (!attempts[index]!.isUsable()) return undefined;
    }
    return attempts;
  }

  private attempt(entry: RegisteredScheme): SchemeAttempt {
    for (let attempt = this.latest; attempt !== undefined; attempt = attempt.earlier) {
      if (attempt.entry === entry) return attempt;
    }
    const scheme = this.schemes?.get(entry) ?? entry.scheme;
    this.latest = new SchemeAttempt(entry, scheme, this.context.request, this.latest);
    return this.latest;
  }

  private validate(attempts: readonly SchemeAttempt[], first: number): MaybePromise<boolean> {
    for (let index = first; index < attempts.length; index++) {
      const valid = attempts[index]!.validate(this.context, this.policy.validateTimeout);
      if (isPromise(valid)) return this.validateRest(valid, attempts, index + 1);
      if (!valid) return false;
    }
    return true;
  }

  private validateRest(
    valid: Promise<boolean>,
    attempts: readonly SchemeAttempt[],
    first: number,
  ): Promise<boolean> {
    return valid.then((settled) => settled && this.validate(attempts, first));
  }

  private grants(attempts: readonly SchemeAttempt[]): boolean {
    const { scopes, scopeMatcher } = this.policy;
    if (grantsAll(scopes, attempts, scopeMatcher)) return true;
    for (const attempt of attempts) attempt.insufficient = true;
    return false;
  }

  private accept(accepted: readonly SchemeAttempt[]): RequestAuthentication {
    return new RequestAuthentication(this.policy, accepted);
  }

  /** No alternative held: the request is anonymous if it may be and sent nothing, otherwise refused. */
  private conclude(): RequestAuthentication | Refusal {
    const attempts: SchemeAttempt[] = [];
    for (let attempt = this.latest; attempt !== undefined; attempt = attempt.earlier) {
      attempts.unshift(attempt);
    }
    const { policy } = this;
    return policy.anonymous && !attempts.some(({ present }) => present)
      ? this.accept([])
      : refuse(policy, attempts);
  }
}
