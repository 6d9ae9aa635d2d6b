import { types } from 'node:util';
import type { ScopeMatcher } from '../auth.options.js';
import {
  type AcceptedCredentials,
  CallAuthentication,
  scopeList,
} from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Granters } from '../policies/grantable-scopes.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempt, isPromise } from './attempt.js';
import { isUnsettled } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import { failureOf } from './failure.js';
import { type Refusal, refuse } from './refusal.js';
import { schemesOf } from './schemes-of-call.js';
import { sharedAttempt } from './shared-attempts.js';
import { sharedOutcome } from './shared-outcomes.js';

/** What a call is decided to be: somebody's, or refused. */
export type Outcome = CallAuthentication | Refusal;

/**
 * Decides who a call comes from, synchronously where the schemes' `validate` is.
 *
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function decide(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  return call.shared === call.key
    ? decideOne(policy, call)
    : sharedOutcome(policy, call, decideOne);
}

function decideOne(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  if (policy.perRequest) return decidePerRequest(policy, call);
  return policy.only === undefined
    ? new Decision(policy, call).tryFrom(0)
    : decideBy(policy.only, policy, call);
}

async function decidePerRequest(policy: Policy, call: SecurityCall): Promise<Outcome> {
  return new Decision(policy, call, await schemesOf(policy, call.request)).tryFrom(0);
}

/** The usual policy, of one scheme: where nothing is tried twice, to remember what was tried is a sixth of the time. */
function decideBy(entry: RegisteredScheme, policy: Policy, call: SecurityCall) {
  const context = contextOf(policy, call);
  const attempt = begin(entry, entry.scheme, call, context);
  const valid = attempt.isUsable && attempt.validate(context, policy.validateTimeout);
  return isPromise(valid)
    ? concludeAfter(valid, attempt, policy, call)
    : concludeBy(valid, attempt, policy, call);
}

async function concludeAfter(
  valid: Promise<boolean>,
  attempt: Attempt,
  policy: Policy,
  call: SecurityCall,
): Promise<Outcome> {
  return concludeBy(await valid, attempt, policy, call);
}

function concludeBy(valid: boolean, attempt: Attempt, policy: Policy, call: SecurityCall): Outcome {
  return valid && grantsAll(attempt.accepted!, policy, call)
    ? new CallAuthentication(policy, attempt.accepted!, policy.own?.[0])
    : refuse(policy, [attempt], contextOf(policy, call));
}

/** What `validate` is told. */
function contextOf({ scopes, scopeStr }: Policy, { request }: SecurityCall): ValidationContext {
  return { scopes, scopeStr, request };
}

function begin(
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  { request, key, shared }: SecurityCall,
  context: ValidationContext,
): Attempt {
  return shared === key
    ? new Attempt(entry, scheme).extract(request)
    : sharedAttempt(shared, entry, scheme, context);
}

/**
 * A call's way through a policy's alternatives, in declared order, until one holds.
 *
 * What runs for every call has no iterator and no closure, nor any parameter that one would capture: those cost more
 * than the decision.
 */
class Decision {
  /** By their scheme's place in the policy; those that were not needed yet are not there. */
  private readonly attempts: Attempt[];
  private readonly context: ValidationContext;

  constructor(
    private readonly policy: Policy,
    private readonly call: SecurityCall,
    private readonly schemes?: ReadonlyMap<RegisteredScheme, SecurityScheme>,
  ) {
    // oxlint-disable-next-line unicorn/no-new-array -- one that grows takes room for seventeen.
    this.attempts = new Array<Attempt>(policy.schemes.length);
    this.context = contextOf(policy, call);
  }

  tryFrom(first: number): MaybePromise<Outcome> {
    const { alternatives } = this.policy;
    for (let index = first; index < alternatives.length; index++) {
      const holds = this.isSent(index) && this.holds(index, 0);
      if (isPromise(holds)) return this.tryAfter(index, holds);
      if (holds) return this.accept(index);
    }
    return this.conclude();
  }

  private async tryAfter(index: number, holds: Promise<boolean>): Promise<Outcome> {
    return (await holds) ? this.accept(index) : this.tryFrom(index + 1);
  }

  /** Whether an alternative's credentials are all there and well-formed: otherwise none of them is validated. */
  private isSent(index: number): boolean {
    const schemes = this.policy.alternatives[index]!;
    let sent = schemes.length > 0;
    if (this.policy.own?.[index] === 0 && this.isPassedOver(index)) sent = false;
    for (let member = 0; member < schemes.length; member++) {
      if (!this.attempt(schemes[member]!).isUsable) sent = false;
    }
    return sent;
  }

  /** Nobody is anonymous by what is required always who sent, however wrong, what the handler itself asks for. */
  private isPassedOver(index: number): boolean {
    const { own, alternatives } = this.policy;
    const always = alternatives[index]!;
    return alternatives.some((schemes, at) =>
      schemes
        .slice(0, own![at])
        .some((entry) => !always.includes(entry) && this.attempt(entry).isPresent),
    );
  }

  /** Whether an alternative's credentials, from one of them on, are good and grant what is required. */
  private holds(index: number, first: number): MaybePromise<boolean> {
    const schemes = this.policy.alternatives[index]!;
    for (let member = first; member < schemes.length; member++) {
      const attempt = this.attempt(schemes[member]!);
      const valid = attempt.validate(this.context, this.policy.validateTimeout);
      if (isPromise(valid)) return this.holdsAfter(index, member, valid);
      if (!valid) return false;
    }
    return this.grants(index);
  }

  private async holdsAfter(index: number, member: number, valid: Promise<boolean>) {
    return (await valid) && this.holds(index, member + 1);
  }

  /** Whether each required scope is granted by those that an alternative expects it of. */
  private grants(index: number): boolean {
    const { granters } = this.policy;
    const scopes = this.policy.required[index]!;
    for (let at = 0; at < scopes.length; at++) {
      if (!this.isGranted(scopes[at]!, granters[index]![at]!)) return false;
    }
    return true;
  }

  private isGranted(scope: string, { schemes, every }: Granters): boolean {
    for (let at = 0; at < schemes.length; at++) {
      const { accepted } = this.attempt(schemes[at]!);
      if (grants(accepted!, scope, this.policy, this.call) !== every) return !every;
    }
    return every;
  }

  private attempt(entry: RegisteredScheme): Attempt {
    const place = this.policy.schemes.indexOf(entry);
    const scheme = this.schemes?.get(entry) ?? entry.scheme;
    return (this.attempts[place] ??= begin(entry, scheme, this.call, this.context));
  }

  private accept(index: number): CallAuthentication {
    const schemes = this.policy.alternatives[index]!;
    const accepted: AcceptedCredentials[] = [this.attempt(schemes[0]!).accepted!];
    for (let member = 1; member < schemes.length; member++) {
      accepted.push(this.attempt(schemes[member]!).accepted!);
    }
    const own = this.policy.own?.[index];
    return new CallAuthentication(this.policy, accepted, own);
  }

  /** No alternative held: the call is anonymous if it may be and sent nothing, otherwise refused. */
  private conclude(): Outcome {
    const { policy, attempts } = this;
    return policy.anonymous && !attempts.some(({ isPresent }) => isPresent)
      ? new CallAuthentication(policy, [])
      : refuse(policy, attempts, this.context);
  }
}

function grantsAll(accepted: AcceptedCredentials, policy: Policy, call: SecurityCall): boolean {
  // Taken apart, the list would be iterated.
  const scopes = policy.required[0]!;
  for (let at = 0; at < scopes.length; at++) {
    if (!grants(accepted, scopes[at]!, policy, call)) return false;
  }
  return true;
}

/** Granted scopes are data: no method of theirs is asked. */
function grants(
  { scopes }: AcceptedCredentials,
  required: string,
  { scopeMatcher }: Policy,
  { request }: SecurityCall,
): boolean {
  if (scopeMatcher !== undefined) return matches(scopes, required, scopeMatcher, request);
  return Array.isArray(scopes)
    ? Array.prototype.includes.call(scopes, required)
    : types.isSet(scopes) && Set.prototype.has.call(scopes, required);
}

function matches(
  scopes: unknown,
  required: string,
  scopeMatcher: ScopeMatcher,
  request: SecurityRequest,
): boolean {
  try {
    return scopeList(scopes).some((granted) => {
      const matched: unknown = scopeMatcher(granted, required);
      if (isUnsettled(matched)) throw new TypeError('scopeMatcher must not be asynchronous');
      return matched === true;
    });
  } catch (error) {
    throw failureOf(error, 'AuthModule', sentWith(request));
  }
}
