import type { ExecutionContext } from '@nestjs/common';
import { CallAuthentication } from '../contexts/call-authentication.js';
import { keepAuthentication, withdrawAuthentication } from '../contexts/kept-authentications.js';
import type { ContextReaders } from '../contexts/context-readers.js';
import type { GuardedCall } from '../contexts/guarded-call.js';
import { callOf } from '../contexts/http.reader.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { authorize, ruleCallOf } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { acceptances, publishAccepted, publishRefused, refusals, type Refused } from './events.js';
import type { Policy } from '../policies/policy.js';
import { admitUsual, conclude, type PolicyOfOne, Unanswered } from './only-scheme.js';
import { type Refusal, undeclared } from './refusal.js';

/** A call that may not go on, and the error to throw for it. */
export class Denial {
  constructor(readonly error: unknown) {}
}

/** Whether a call may go on. */
export type Admitted = true | Denial;

/**
 * Throws a denial's error. This happens once, at the end: passing an exception on costs a tenth of a refusal per
 * function.
 */
export function enforce(admitted: Admitted | Promise<true>): MaybePromise<true> {
  if (admitted === true) return true;
  if (admitted instanceof Denial) throw admitted.error;
  return admitted;
}

/** Carries a policy's decision out: lets the call in, or makes the error to throw for it. */
export class Admission {
  constructor(private readonly readers: Pick<ContextReaders, 'http' | 'failure'>) {}

  /** Decides on a call and asks its rules. */
  decide(guarded: GuardedCall): Admitted | Promise<true> {
    let outcome: MaybePromise<Outcome>;
    try {
      outcome = decide(guarded.policy, guarded.call);
    } catch (error) {
      return this.failUndecided(error, guarded);
    }
    return this.carryOut(outcome, guarded);
  }

  /** Decides on an HTTP request that is usual. */
  decideUsual(
    policy: PolicyOfOne,
    request: SecurityRequest,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    let outcome: true | Refusal | Unanswered;
    try {
      outcome = admitUsual(policy, request, context);
    } catch (error) {
      return this.failUsual(error, policy, request, context);
    }
    return outcome === true || this.carryOutUsual(outcome, policy, request, context);
  }

  private carryOutUsual(
    outcome: Refusal | Unanswered,
    policy: PolicyOfOne,
    request: SecurityRequest,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    const guarded = this.httpCall(policy, request, context);
    return outcome instanceof Unanswered
      ? this.settleUsual(outcome, policy, guarded)
      : this.refuse(outcome, false, guarded);
  }

  /** Each promise that a usual request waited for would take a twentieth longer. */
  private settleUsual(
    { answer, sent }: Unanswered,
    policy: PolicyOfOne,
    guarded: GuardedCall,
  ): Promise<true> {
    const fail = (error: unknown) => enforce(this.failUndecided(error, guarded));
    return answer.then((answered) => {
      let outcome: Outcome;
      try {
        outcome = conclude(answered, sent, policy, guarded.call.request);
      } catch (error) {
        return fail(error);
      }
      return enforce(this.conclude(outcome, guarded));
    }, fail);
  }

  private failUsual(
    error: unknown,
    policy: PolicyOfOne,
    request: SecurityRequest,
    context: ExecutionContext,
  ): Denial {
    return this.failUndecided(error, this.httpCall(policy, request, context));
  }

  /** Made only for requests that are refused or fail: usual ones that are accepted need nothing of it. */
  private httpCall(
    policy: Policy,
    request: SecurityRequest,
    context: ExecutionContext,
  ): GuardedCall {
    return { policy, call: callOf(request), reader: this.readers.http, context };
  }

  private carryOut(outcome: MaybePromise<Outcome>, guarded: GuardedCall): Admitted | Promise<true> {
    return isPromise(outcome) ? this.settle(outcome, guarded) : this.conclude(outcome, guarded);
  }

  private settle(outcome: Promise<Outcome>, guarded: GuardedCall): Promise<true> {
    return outcome.then(
      (settled) => enforce(this.conclude(settled, guarded)),
      (error: unknown) => enforce(this.failUndecided(error, guarded)),
    );
  }

  private conclude(outcome: Outcome, guarded: GuardedCall): Admitted | Promise<true> {
    const { policy, context } = guarded;
    if (!(outcome instanceof CallAuthentication)) {
      const isDeclared = policy.alternatives.length > 0;
      const refusal = isDeclared ? outcome : undeclared(context.getType());
      return this.refuse(refusal, false, guarded);
    }
    return policy.rules === undefined
      ? this.letIn(outcome, guarded)
      : this.authorize(outcome, guarded);
  }

  /**
   * Keeps the authentication with the call first: rules, and what they inject, may read who calls. Then asks the rules.
   */
  private authorize(outcome: CallAuthentication, guarded: GuardedCall): Admitted | Promise<true> {
    keepAuthentication(guarded.call, undefined, outcome);
    const settle = (refusal: Refusal | undefined) =>
      refusal === undefined ? this.letIn(outcome, guarded) : this.refuse(refusal, true, guarded);
    const { accepted } = outcome;
    const fail = (error: unknown) => this.fail({ error, byRule: true, accepted }, guarded);
    let refused: MaybePromise<Refusal | undefined>;
    try {
      refused = authorize(guarded.policy.rules!, outcome, ruleCallOf(outcome, guarded));
    } catch (error) {
      return fail(error);
    }
    return isPromise(refused) ? refused.then(settle, fail).then(enforce) : settle(refused);
  }

  private letIn(outcome: CallAuthentication, guarded: GuardedCall): true {
    const { call, reader, context } = guarded;
    keepAuthentication(call, context, outcome);
    reader.accepted?.(call, outcome.expiresAt, context);
    if (acceptances.hasSubscribers) publishAccepted(outcome, guarded);
    return true;
  }

  private refuse(
    { exception, challenges, accepted }: Refusal,
    byRule: boolean,
    guarded: GuardedCall,
  ): Denial {
    const { policy, call, reader, context } = guarded;
    if (!byRule) withdrawAuthentication(call, policy, accepted.length === 0);
    if (refusals.hasSubscribers) publishRefused({ error: exception, byRule, accepted }, guarded);
    return new Denial(reader.refuse?.(exception, challenges, context) ?? exception);
  }

  private failUndecided(error: unknown, guarded: GuardedCall): Denial {
    return this.fail({ error, byRule: false, accepted: [] }, guarded);
  }

  /** Denies a call for an error that says nothing about its credentials, such as an outage. */
  private fail(refused: Refused, guarded: GuardedCall): Denial {
    if (refusals.hasSubscribers) publishRefused(refused, guarded);
    const { reader, context } = guarded;
    return new Denial(this.readers.failure(reader, refused.error, context));
  }
}
