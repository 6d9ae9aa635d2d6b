import { type AcceptedCredentials, CallAuthentication } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Granters } from '../policies/grantable-scopes.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempt } from './attempt.js';
import { extract } from './extraction.js';
import { grants, grantsAll } from './granted-scopes.js';
import { type Refusal, refuse } from './refusal.js';
import { schemesOf } from './schemes-of-call.js';
import { sharedAttempt, sharedOutcome } from './shared-findings.js';
import { Unaccepted, validate } from './validation.js';

/** What a call is decided to be: somebody's, or refused. */
export type Outcome = CallAuthentication | Refusal;

/**
 * Decides who a call comes from, synchronously where the schemes' `validate` is.
 *
 * @throws whatever `validate` throws that is not a refusal of the credentials.
 */
export function decide(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  if (!isAlone(call)) return sharedOutcome(policy, call, decideAmong);
  return policy.only === undefined
    ? decideAmong(policy, call)
    : decideBy(policy.only, policy, call);
}

function decideAmong(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  return policy.perRequest ? decidePerRequest(policy, call) : new Decision(policy, call).tryFrom(0);
}

async function decidePerRequest(policy: Policy, call: SecurityCall): Promise<Outcome> {
  return new Decision(policy, call, await schemesOf(policy, call.request)).tryFrom(0);
}

/** The usual call, under a policy of one scheme: nothing is tried twice, so that nothing has to be remembered. */
function decideBy(
  entry: RegisteredScheme,
  policy: Policy,
  call: SecurityCall,
): MaybePromise<Outcome> {
  const { scheme } = entry;
  const sent = extract(entry, scheme, call.request);
  if (sent === undefined || sent instanceof Unaccepted) return refuseBy(entry, sent, policy, call);
  const found = validate(entry, scheme, sent, contextOf(policy, call), policy.validateTimeout);
  return found instanceof Promise
    ? concludeAfter(found, entry, sent, policy, call)
    : concludeBy(found, entry, sent, policy, call);
}

async function concludeAfter(
  found: Promise<AcceptedCredentials | Unaccepted>,
  entry: RegisteredScheme,
  sent: unknown,
  policy: Policy,
  call: SecurityCall,
): Promise<Outcome> {
  return concludeBy(await found, entry, sent, policy, call);
}

function concludeBy(
  found: AcceptedCredentials | Unaccepted,
  entry: RegisteredScheme,
  sent: unknown,
  policy: Policy,
  call: SecurityCall,
): Outcome {
  return !(found instanceof Unaccepted) && grantsAll(found, policy, call)
    ? new CallAuthentication(policy, found, policy.own?.[0])
    : refuseBy(entry, sent, policy, call, found);
}

function refuseBy(
  entry: RegisteredScheme,
  sent: unknown,
  policy: Policy,
  call: SecurityCall,
  found?: AcceptedCredentials | Unaccepted,
): Refusal {
  const attempt = new Attempt(entry, entry.scheme, sent);
  if (found !== undefined) attempt.conclude(found);
  return refuse(policy, [attempt], contextOf(policy, call));
}

/** Whether a call shares its validations with none. */
function isAlone({ key, shared }: SecurityCall): boolean {
  return shared === key;
}

/** What `validate` is told. */
function contextOf({ scopes, scopeStr }: Policy, { request }: SecurityCall): ValidationContext {
  return { scopes, scopeStr, request };
}

function begin(
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  call: SecurityCall,
  context: ValidationContext,
): Attempt {
  return isAlone(call)
    ? new Attempt(entry, scheme, extract(entry, scheme, call.request))
    : sharedAttempt(call.shared, entry, scheme, context);
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
