import type { CallAuthentication } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { Decision } from './decision.js';
import { decideByFirst } from './first-sent.js';
import { decideByOne, isOfOne } from './only-scheme.js';
import type { Refusal } from './refusal.js';
import { schemesOf } from './schemes-of-call.js';
import { isAlone, sharedOutcome } from './shared-findings.js';

/** The decision on a call: who it comes from, or that it is refused. */
export type Outcome = CallAuthentication | Refusal;

/**
 * Decides who a call comes from, synchronously where the schemes' `validate` is.
 *
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function decide(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  if (!isAlone(call)) return sharedOutcome(policy, call, decideAmong);
  if (isOfOne(policy)) return decideByOne(policy, call.request);
  return policy.eachAlone ? decideByFirst(policy, call) : decideAmong(policy, call);
}

function decideAmong(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  return policy.perRequest ? decidePerRequest(policy, call) : new Decision(policy, call).tryFrom(0);
}

async function decidePerRequest(policy: Policy, call: SecurityCall): Promise<Outcome> {
  return new Decision(policy, call, await schemesOf(policy, call.request)).tryFrom(0);
}
