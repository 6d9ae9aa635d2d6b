import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { CallAuthentication } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { PolicyAlternative } from '../policies/policy-alternative.js';
import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise, ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempts } from './attempts.js';
import type { Outcome } from './decide.js';
import { exceptionStatus } from './failure.js';
import { grantsAll } from './granted-scopes.js';
import { refuse } from './refusal.js';
import type { Unaccepted } from './unaccepted.js';
import { contextOf } from './validation-context.js';

/**
 * Tries a policy's alternatives on one call, in declared order, until one holds.
 *
 * Code that runs for every call uses no iterators and no closures, and no parameters that a closure would capture:
 * those cost more than the decision itself.
 */
export class Decision {
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

  /**
   * Takes over what is known: that nothing was sent for the schemes before `index`, what was sent for that one and, where
   * it was asked, what it found out.
   */
  knowing(index: number, sent: unknown, found?: AcceptedCredentials | Unaccepted): this {
    const { schemes } = this.policy;
    for (let at = 0; at <= index && at < schemes.length; at++) {
      this.attempts.keep(schemes[at]!, at === index ? sent : undefined);
    }
    if (found !== undefined) this.attempts.of(schemes[index]!).learn(found);
    return this;
  }

  tryFrom(first: number): MaybePromise<Outcome> {
    const { alternatives } = this.policy;
    for (let index = first; index < alternatives.length; index++) {
      const alternative = alternatives[index]!;
      const holds = this.isSent(alternative) && this.holdsUnlessOut(alternative);
      if (isPromise(holds)) return this.tryAfter(index, holds);
      if (holds) return this.accept(alternative);
    }
    return this.conclude();
  }

  private tryAfter(index: number, holds: Promise<boolean>): Promise<Outcome> {
    return holds.then(
      (held) => (held ? this.accept(this.policy.alternatives[index]!) : this.tryFrom(index + 1)),
      (error: unknown) => {
        this.putOff(error);
        return this.tryFrom(index + 1);
      },
    );
  }

  /** Whether an alternative holds, as far as it can be asked: its outage counts where no other one holds. */
  private holdsUnlessOut(alternative: PolicyAlternative): MaybePromise<boolean> {
    try {
      return this.holds(alternative, 0);
    } catch (error) {
      return this.putOff(error);
    }
  }

  /** Goes on after an outage, and no other error. */
  putOff(error: unknown): false {
    if (exceptionStatus(error) !== 503) throw error;
    this.outage ??= error;
    return false;
  }

  /** Whether all credentials of an alternative were sent and are well-formed: otherwise none of them is validated. */
  private isSent(alternative: PolicyAlternative): boolean {
    const { schemes, own } = alternative;
    let sent = schemes.length > 0;
    if (sent && own === 0 && this.isPassedOver(alternative)) sent = false;
    for (let member = 0; member < schemes.length; member++) {
      if (!this.attempts.of(schemes[member]!).isUsable) sent = false;
    }
    return sent;
  }

  /**
   * Whether an alternative that asks for nothing of the handler's own must not let this caller in. A handler whose own
   * credentials are optional takes callers without them as anonymous, but not those who sent some, however wrong.
   */
  private isPassedOver({ schemes: always }: PolicyAlternative): boolean {
    return this.policy.alternatives.some(({ schemes, own }) =>
      schemes
        .slice(0, own)
        .some((entry) => !always.includes(entry) && this.attempts.of(entry).isPresent),
    );
  }

  /** Whether an alternative's credentials, from its member `first` on, are good and grant what is required. */
  private holds(alternative: PolicyAlternative, first: number): MaybePromise<boolean> {
    const { schemes } = alternative;
    for (let member = first; member < schemes.length; member++) {
      const attempt = this.attempts.of(schemes[member]!);
      const valid = attempt.validate(this.context, this.policy.validateTimeout);
      if (isPromise(valid)) return this.holdsAfter(alternative, member, valid);
      if (!valid) return false;
    }
    return grantsAll(alternative, this.policy, this.call, this.attempts);
  }

  private holdsAfter(
    alternative: PolicyAlternative,
    member: number,
    valid: Promise<boolean>,
  ): Promise<boolean> {
    return valid.then((isValid) => isValid && this.holds(alternative, member + 1));
  }

  private accept({ schemes, own }: PolicyAlternative): CallAuthentication {
    const accepted: AcceptedCredentials[] = [this.attempts.of(schemes[0]!).accepted!];
    for (let member = 1; member < schemes.length; member++) {
      accepted.push(this.attempts.of(schemes[member]!).accepted!);
    }
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
