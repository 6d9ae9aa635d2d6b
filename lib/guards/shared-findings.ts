import { CarriedState } from '../contexts/carried-state.js';
import type { SecurityCall } from '../contexts/security-call.js';
import { ValidationPeriod } from '../contexts/validation-period.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempt } from './attempt.js';
import type { Outcome } from './decide.js';
import { extract } from './extraction.js';

/** Whether a call shares its validations with no other call. */
export function isAlone({ key, shared }: SecurityCall): boolean {
  return shared === key;
}

/** What was found out for calls that share validations. */
interface Findings {
  readonly outcomes: Map<Policy, MaybePromise<Outcome>>;
  /** One for each scheme and list of scopes that its `validate` is given. The list is short, so that it is searched. */
  readonly attempts: { readonly scopeStr: string; attempt: Attempt }[];
}

/** Findings by the object that the calls have in common. */
const FINDINGS = new WeakMap<object, Findings>();

function findingsOf(shared: object): Findings {
  const isMessage = shared instanceof CarriedState;
  const known = isMessage ? (shared.findings as Findings | undefined) : FINDINGS.get(shared);
  if (known !== undefined) return known;
  const findings: Findings = { outcomes: new Map(), attempts: [] };
  if (isMessage) shared.findings = findings;
  else FINDINGS.set(shared, findings);
  return findings;
}

/** The decision on calls that share validations and are under one policy: made for the first of them. */
export function sharedOutcome(
  policy: Policy,
  call: SecurityCall,
  decide: (policy: Policy, call: SecurityCall) => MaybePromise<Outcome>,
): MaybePromise<Outcome> {
  // Validations that outlive a call may expire before the next, so each call is decided anew.
  if (call.shared instanceof ValidationPeriod) return decide(policy, call);
  const { outcomes } = findingsOf(call.shared);
  const known = outcomes.get(policy);
  if (known !== undefined) return known;
  const outcome = decide(policy, call);
  outcomes.set(policy, outcome);
  // Replaces the promise by its outcome, so that later calls need not wait; a rejection stays, for all of them.
  if (isPromise(outcome)) outcome.then((settled) => outcomes.set(policy, settled), ignore);
  return outcome;
}

function ignore(): void {}

/** A scheme's attempt for calls that share validations: made for the first of them. */
export function sharedAttempt(
  shared: object,
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  { request, scopeStr }: ValidationContext,
): Attempt {
  const { attempts } = findingsOf(shared);
  const known = attempts.find((each) => each.attempt.entry === entry && each.scopeStr === scopeStr);
  const isKept = shared instanceof ValidationPeriod;
  if (known !== undefined && !(isKept && isOver(known.attempt))) return known.attempt;
  const attempt = new Attempt(entry, scheme, extract(entry, scheme, request));
  if (known === undefined) attempts.push({ scopeStr, attempt });
  else known.attempt = attempt;
  return attempt;
}

/** Whether a kept attempt must be made anew for a later call: it failed, could not be asked, or has expired. */
function isOver({ failure, accepted, isOut }: Attempt): boolean {
  if (failure !== undefined || isOut) return true;
  return accepted?.expiresAt !== undefined && accepted.expiresAt * 1000 <= Date.now();
}
