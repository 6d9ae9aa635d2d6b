import { type AcceptedCredentials, CallAuthentication } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempts } from './attempts.js';
import { exceptionStatus } from './failure.js';
import { grantsAll } from './granted-scopes.js';
import { contextOf, decideByOne, isOfOne } from './only-scheme.js';
import { type Refusal, refuse } from './refusal.js';
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
  return isOfOne(policy) ? decideByOne(policy, call.request) : decideAmong(policy, call);
}

function decideAmong(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  return policy.perRequest ? decidePerRequest(policy, call) : new Decision(policy, call).tryFrom(0);
}

async function decidePerRequest(policy: Policy, call: SecurityCall): Promise<Outcome> {
  return new Decision(policy, call, await schemesOf(policy, call.request)).tryFrom(0);
}

/**
 * Tries a policy's alternatives on one call, in declared order, until one holds.
 *
 * Code that runs for every call uses no iterators and no closures, and no parameters that a closure would capture:
 * those cost more than the decision itself.
 */
class Decision {
  private readonly context: ValidationContext;
  private readonly attempts: Attempts;
  /** The first 503 of a scheme that could not ask whether its credentials are good. */
  private outage: unknown;

  constructor(
    private readonly policy: Policy,
    private readonly call: SecurityCall,
    schemes?: ReadonlyMap<RegisteredScheme, SecurityScheme>,
  ) {
    this.context = contextOf(policy, call.request);
    this.attempts = new Attempts(policy, call, this.context, schemes);
  }

  tryFrom(first: number): MaybePromise<Outcome> {
    const { alternatives } = this.policy;
    for (let index = first; index < alternatives.length; index++) {
      const holds = this.isSent(index) && this.holdsUnlessOut(index);
      if (isPromise(holds)) return this.tryAfter(index, holds);
      if (holds) return this.accept(index);
    }
    return this.conclude();
  }

  private async tryAfter(index: number, holds: Promise<boolean>): Promise<Outcome> {
    return (await holds) ? this.accept(index) : this.tryFrom(index + 1);
  }

  /** Whether an alternative holds, as far as it can be asked: its outage counts where no other one holds. */
  private holdsUnlessOut(index: number): MaybePromise<boolean> {
    try {
      const holds = this.holds(index, 0);
      return isPromise(holds) ? this.settle(holds) : holds;
    } catch (error) {
      return this.putOff(error);
    }
  }

  private settle(holds: Promise<boolean>): Promise<boolean> {
    return holds.catch((error: unknown) => this.putOff(error));
  }

  private putOff(error: unknown): false {
    if (exceptionStatus(error) !== 503) throw error;
    this.outage ??= error;
    return false;
  }

  /** Whether all credentials of an alternative were sent and are well-formed: otherwise none of them is validated. */
  private isSent(index: number): boolean {
    const schemes = this.policy.alternatives[index]!;
    let sent = schemes.length > 0;
    if (this.policy.own?.[index] === 0 && this.isPassedOver(index)) sent = false;
    for (let member = 0; member < schemes.length; member++) {
      if (!this.attempts.of(schemes[member]!).isUsable) sent = false;
    }
    return sent;
  }

  /**
   * Whether an alternative that asks for nothing of the handler's own must not let this caller in. A handler whose own
   * credentials are optional takes callers without them as anonymous, but not those who sent some, however wrong.
   */
  private isPassedOver(index: number): boolean {
    const { own, alternatives } = this.policy;
    const always = alternatives[index]!;
    return alternatives.some((schemes, at) =>
      schemes
        .slice(0, own![at])
        .some((entry) => !always.includes(entry) && this.attempts.of(entry).isPresent),
    );
  }

  /** Whether an alternative's credentials, from its member `first` on, are good and grant what is required. */
  private holds(index: number, first: number): MaybePromise<boolean> {
    const schemes = this.policy.alternatives[index]!;
    for (let member = first; member < schemes.length; member++) {
      const attempt = this.attempts.of(schemes[member]!);
      const valid = attempt.validate(this.context, this.policy.validateTimeout);
      if (isPromise(valid)) return this.holdsAfter(index, member, valid);
      if (!valid) return false;
    }
    return grantsAll(index, this.policy, this.call, this.attempts);
  }

  private async holdsAfter(index: number, member: number, valid: Promise<boolean>) {
    return (await valid) && this.holds(index, member + 1);
  }

  private accept(index: number): CallAuthentication {
    const schemes = this.policy.alternatives[index]!;
    const accepted: AcceptedCredentials[] = [this.attempts.of(schemes[0]!).accepted!];
    for (let member = 1; member < schemes.length; member++) {
      accepted.push(this.attempts.of(schemes[member]!).accepted!);
    }
    const own = this.policy.own?.[index];
    return new CallAuthentication(this.policy, accepted, own);
  }

  /** No alternative held: the call is anonymous if it may be and sent nothing, otherwise refused. */
  private conclude(): Outcome {
    const { policy, context } = this;
    const { made } = this.attempts;
    if (this.outage !== undefined) throw this.outage;
    return policy.anonymous && !made.some(({ isPresent }) => isPresent)
      ? new CallAuthentication(policy, [])
      : refuse(policy, made, context);
  }
}
