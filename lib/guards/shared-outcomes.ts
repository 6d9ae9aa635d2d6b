import { KeptValidations } from '../contexts/kept-validations.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { isPromise } from '../protocol/unsettled.js';
import type { Outcome } from './decide.js';

/** By what calls have in common, and by policy. */
const OUTCOMES = new WeakMap<object, Map<Policy, MaybePromise<Outcome>>>();

/** What is decided of calls that share validations, and are under one policy: the first of them finds out. */
export function sharedOutcome(
  policy: Policy,
  call: SecurityCall,
  decide: (policy: Policy, call: SecurityCall) => MaybePromise<Outcome>,
): MaybePromise<Outcome> {
  // What outlives a call may expire before the next.
  if (call.shared instanceof KeptValidations) return decide(policy, call);
  const outcomes = outcomesOf(call.shared);
  const known = outcomes.get(policy);
  if (known !== undefined) return known;
  const outcome = decide(policy, call);
  outcomes.set(policy, outcome);
  // Once it is there nobody has to wait for it; a failure is one for all of them.
  if (isPromise(outcome)) outcome.then((settled) => outcomes.set(policy, settled), ignore);
  return outcome;
}

function outcomesOf(shared: object): Map<Policy, MaybePromise<Outcome>> {
  const outcomes = OUTCOMES.get(shared) ?? new Map<Policy, MaybePromise<Outcome>>();
  OUTCOMES.set(shared, outcomes);
  return outcomes;
}

function ignore(): void {}
