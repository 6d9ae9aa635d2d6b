import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { Decision } from './decision.js';
import { grantsAll } from './granted-scopes.js';
import { isPromise } from './maybe-promise.js';
import { type Refusal, refuse } from './refusal.js';
import { RequestAuthentication } from './request-authentication.js';
import { SchemeAttempt } from './scheme-attempt.js';
import { schemesOf } from './schemes-of-request.js';

/**
 * Decides who a request comes from, synchronously where the schemes' `validate` is.
 *
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function authenticate(
  policy: Policy,
  request: SecurityRequest,
): MaybePromise<RequestAuthentication | Refusal> {
  if (policy.perRequest) return authenticateScoped(policy, request);
  return policy.only === undefined
    ? new Decision(policy, request).tryFrom(0)
    : authenticateBy(policy.only, policy, request);
}

async function authenticateScoped(
  policy: Policy,
  request: SecurityRequest,
): Promise<RequestAuthentication | Refusal> {
  return new Decision(policy, request, await schemesOf(policy, request)).tryFrom(0);
}

/** The usual requirement, of one scheme: with nothing to choose from it takes a tenth less than a `Decision`. */
function authenticateBy(
  entry: RegisteredScheme,
  policy: Policy,
  request: SecurityRequest,
): MaybePromise<RequestAuthentication | Refusal> {
  const attempt = new SchemeAttempt(entry, entry.scheme, request);
  if (!attempt.isUsable()) return refuse(policy, [attempt]);
  const { scopes, scopeStr } = policy;
  const valid = attempt.validate({ scopes, scopeStr, request }, policy.validateTimeout);
  return isPromise(valid) ? settle(valid, attempt, policy) : conclude(valid, attempt, policy);
}

function settle(valid: Promise<boolean>, attempt: SchemeAttempt, policy: Policy) {
  return valid.then((settled) => conclude(settled, attempt, policy));
}

function conclude(
  valid: boolean,
  attempt: SchemeAttempt,
  policy: Policy,
): RequestAuthentication | Refusal {
  const attempts = [attempt];
  const granted = valid && grantsAll(policy.scopes, attempts, policy.scopeMatcher);
  if (granted) return new RequestAuthentication(policy, attempts);
  attempt.insufficient = valid;
  return refuse(policy, attempts);
}
