import type { ExecutionContext } from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { CallAuthentication } from '../contexts/call-authentication.js';
import { keepWithRequest } from '../contexts/kept-authentications.js';
import type { ContextReader } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { Attempt } from './attempt.js';
import type { Outcome } from './decide.js';
import { acceptances } from './events.js';
import { extract } from './extraction.js';
import { grantsAlone } from './granted-scopes.js';
import { type Refusal, refuse } from './refusal.js';
import { Unaccepted } from './unaccepted.js';
import { validate } from './validation.js';
import { contextOf } from './validation-context.js';

/** A policy of one scheme, as most are: each step is taken once, so that nothing has to be remembered. */
export type PolicyOfOne = Policy & { readonly only: RegisteredScheme };

export function isOfOne(policy: Policy): policy is PolicyOfOne {
  return policy.only !== undefined;
}

/** Decides under a policy of one scheme. */
export function decideByOne(policy: PolicyOfOne, request: SecurityRequest): MaybePromise<Outcome> {
  const { only, validateTimeout } = policy;
  const sent = extract(only, only.scheme, request);
  if (sent === undefined || sent instanceof Unaccepted) return refuseBy(sent, policy, request);
  const answer = validate(only, only.scheme, sent, contextOf(policy, request), validateTimeout);
  return isPromise(answer)
    ? concludeAfter(answer, sent, policy, request)
    : conclude(answer, sent, policy, request);
}

/** Whether nothing but the scheme has a part in letting a request in: no rule, no event and no stream that will end. */
export function isUsual(policy: Policy | null, reader: ContextReader): policy is PolicyOfOne {
  return (
    policy !== null &&
    policy.only !== undefined &&
    policy.rules === undefined &&
    !policy.always &&
    reader.accepted === undefined &&
    !acceptances.hasSubscribers
  );
}

/**
 * Decides on a usual request, and lets it in where its credentials are good.
 *
 * This is `decideByOne` and what follows from it in one place, which engines compile as a whole: by way of all that
 * other calls need, an accepted request takes a tenth longer.
 *
 * @returns `true` for a request that was let in; otherwise what its scheme has yet to answer, or the refusal, which is not
 * carried out yet.
 */
export function admitUsual(
  policy: PolicyOfOne,
  request: SecurityRequest,
  context: ExecutionContext,
): true | Refusal | Unanswered {
  const { only } = policy;
  const sent = extract(only, only.scheme, request);
  if (sent === undefined || sent instanceof Unaccepted) return refuseBy(sent, policy, request);
  const asked = contextOf(policy, request);
  const answer = validate(only, only.scheme, sent, asked, policy.validateTimeout);
  if (isAccepted(answer, policy) && grantsAlone(answer, policy.alternatives[0]!, policy, request)) {
    keepWithRequest(request, context, new CallAuthentication(policy, answer), answer.user);
    return true;
  }
  return unadmitted(answer, sent, policy, request);
}

function unadmitted(
  answer: MaybePromise<AcceptedCredentials | Unaccepted>,
  sent: unknown,
  policy: PolicyOfOne,
  request: SecurityRequest,
): Refusal | Unanswered {
  return isPromise(answer) ? new Unanswered(answer, sent) : refuseBy(sent, policy, request, answer);
}

/** What a usual request waits for. */
export class Unanswered {
  constructor(
    readonly answer: Promise<AcceptedCredentials | Unaccepted>,
    readonly sent: unknown,
  ) {}
}

/** Whether a scheme has accepted the credentials: refusals and promises have no entry. */
function isAccepted(
  answer: MaybePromise<AcceptedCredentials | Unaccepted>,
  policy: PolicyOfOne,
): answer is AcceptedCredentials {
  return (answer as Partial<AcceptedCredentials>).entry === policy.only;
}

/** Decides by what the scheme has answered. */
export function conclude(
  answer: AcceptedCredentials | Unaccepted,
  sent: unknown,
  policy: PolicyOfOne,
  request: SecurityRequest,
): Outcome {
  return isAccepted(answer, policy) && grantsAlone(answer, policy.alternatives[0]!, policy, request)
    ? new CallAuthentication(policy, answer, policy.alternatives[0]!.own)
    : refuseBy(sent, policy, request, answer);
}

function concludeAfter(
  answer: Promise<AcceptedCredentials | Unaccepted>,
  sent: unknown,
  policy: PolicyOfOne,
  request: SecurityRequest,
): Promise<Outcome> {
  return answer.then((answered) => conclude(answered, sent, policy, request));
}

function refuseBy(
  sent: unknown,
  policy: PolicyOfOne,
  request: SecurityRequest,
  answer?: AcceptedCredentials | Unaccepted,
): Refusal {
  const attempt = new Attempt(policy.only, policy.only.scheme, sent);
  if (answer !== undefined) attempt.learn(answer);
  return refuse(policy, [attempt], contextOf(policy, request));
}
