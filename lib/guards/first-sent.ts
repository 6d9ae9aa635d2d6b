import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import { CallAuthentication } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { Outcome } from './decide.js';
import { Decision } from './decision.js';
import { extract } from './extraction.js';
import { grantsAlone } from './granted-scopes.js';
import { Unaccepted } from './unaccepted.js';
import { validate } from './validation.js';
import { contextOf } from './validation-context.js';

/**
 * Decides under a policy each of whose schemes is an alternative by itself.
 *
 * Most callers send credentials for one of them, and good ones. Only for the others is it remembered what was tried.
 */
export function decideByFirst(policy: Policy, call: SecurityCall): MaybePromise<Outcome> {
  const { schemes } = policy;
  for (let index = 0; index < schemes.length; index++) {
    const entry = schemes[index]!;
    const sent = extract(entry, entry.scheme, call.request);
    if (sent !== undefined) return new FirstSent(policy, call, index, sent).decide();
  }
  return new Decision(policy, call).knowing(schemes.length, undefined).tryFrom(schemes.length);
}

/** What was sent for the first scheme that anything was sent for. */
class FirstSent {
  constructor(
    private readonly policy: Policy,
    private readonly call: SecurityCall,
    /** Of the scheme, which is that of its alternative. */
    private readonly index: number,
    private readonly sent: unknown,
  ) {}

  decide(): MaybePromise<Outcome> {
    const { policy, call, index, sent } = this;
    if (sent instanceof Unaccepted) return this.tryOthers();
    const entry = policy.schemes[index]!;
    const context = contextOf(policy, call.request);
    let found: MaybePromise<AcceptedCredentials | Unaccepted>;
    try {
      found = validate(entry, entry.scheme, sent, context, policy.validateTimeout);
    } catch (error) {
      return this.tryOthersAfter(error);
    }
    return isPromise(found) ? this.settle(found) : this.conclude(found);
  }

  private settle(found: Promise<AcceptedCredentials | Unaccepted>): Promise<Outcome> {
    return found.then(
      (settled) => this.conclude(settled),
      (error: unknown) => this.tryOthersAfter(error),
    );
  }

  private conclude(found: AcceptedCredentials | Unaccepted): MaybePromise<Outcome> {
    if (found instanceof Unaccepted) return this.tryOthers(found);
    const { policy, call, index } = this;
    const alternative = policy.alternatives[index]!;
    let isGranted: boolean;
    try {
      isGranted = grantsAlone(found, alternative, policy, call.request);
    } catch (error) {
      return this.tryOthersAfter(error);
    }
    return isGranted
      ? new CallAuthentication(policy, found, alternative.own)
      : this.tryOthers(found);
  }

  private tryOthers(found?: AcceptedCredentials | Unaccepted): MaybePromise<Outcome> {
    return this.decision(found).tryFrom(this.index);
  }

  private tryOthersAfter(error: unknown): MaybePromise<Outcome> {
    const decision = this.decision();
    decision.putOff(error);
    return decision.tryFrom(this.index + 1);
  }

  private decision(found?: AcceptedCredentials | Unaccepted): Decision {
    const { policy, call, index, sent } = this;
    return new Decision(policy, call).knowing(index, sent, found);
  }
}
