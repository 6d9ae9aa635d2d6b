import type { ExecutionContext } from '@nestjs/common';
import {
  CallAuthentication,
  forgetAuthentication,
  keepAuthentication,
  withdrawAuthentication,
} from '../contexts/call-authentication.js';
import type { ContextReaders } from '../contexts/context-readers.js';
import { callOf } from '../contexts/http.reader.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import { isPromise } from '../protocol/unsettled.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { authorize, ruleCallOf } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { acceptances, publishAccepted, publishRefused, refusals, type Refused } from './events.js';
import { admitUsual, type PolicyOfOne } from './only-scheme.js';
import { type Refusal, undeclared } from './refusal.js';

/** A call that may not go on, and the error to throw for it. */
interface Denial {
  readonly error: unknown;
}

/** Whether a call may go on. */
export type Admitted = true | Denial;

/**
 * Throws a denial's error. This happens once, at the end: passing an exception on costs a tenth of a refusal per
 * function.
 */
export function enforce(admitted: Admitted): true {
  if (admitted === true) return true;
  throw admitted.error;
}

/** Carries a policy's decision out: lets the call in, or makes the error to throw for it. */
export class Admission {
  constructor(private readonly readers: Pick<ContextReaders, 'failure'>) {}

  /** Decides on a call and asks its rules. The policy is `null` where nothing is required of the call. */
  decide(
    policy: Policy | null,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    if (policy === null) {
      forgetAuthentication(call);
      return true;
    }
    let outcome: MaybePromise<Outcome>;
    try {
      outcome = decide(policy, call);
    } catch (error) {
      return this.failUndecided(error, policy, call, reader, context);
    }
    return this.carryOut(outcome, policy, call, reader, context);
  }

  /** Decides on an HTTP request that is usual. */
  decideUsual(
    policy: PolicyOfOne,
    request: SecurityRequest,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    let outcome: true | MaybePromise<Outcome>;
    try {
      outcome = admitUsual(policy, request, context);
    } catch (error) {
      return this.failUndecided(error, policy, callOf(request), reader, context);
    }
    return outcome === true || this.carryOut(outcome, policy, callOf(request), reader, context);
  }

  private carryOut(
    outcome: MaybePromise<Outcome>,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    return isPromise(outcome)
      ? this.settle(outcome, policy, call, reader, context)
      : this.conclude(outcome, policy, call, reader, context);
  }

  private async settle(
    outcome: Promise<Outcome>,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Promise<true> {
    let settled: Outcome;
    try {
      settled = await outcome;
    } catch (error) {
      return enforce(this.failUndecided(error, policy, call, reader, context));
    }
    const admitted = this.conclude(settled, policy, call, reader, context);
    return isPromise(admitted) ? admitted : enforce(admitted);
  }

  private conclude(
    outcome: Outcome,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    if (!(outcome instanceof CallAuthentication)) {
      const isDeclared = policy.alternatives.length > 0;
      const refusal = isDeclared ? outcome : undeclared(context.getType());
      return this.refuse(refusal, false, policy, call, reader, context);
    }
    return policy.rules === undefined
      ? this.letIn(outcome, call, reader, context)
      : this.authorize(outcome, policy, call, reader, context);
  }

  /**
   * Keeps the authentication with the call first: rules, and what they inject, may read who calls. Then asks the rules.
   */
  private authorize(
    outcome: CallAuthentication,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    keepAuthentication(call, undefined, outcome);
    const settle = (refusal: Refusal | undefined) =>
      refusal === undefined
        ? this.letIn(outcome, call, reader, context)
        : this.refuse(refusal, true, policy, call, reader, context);
    const { accepted } = outcome;
    const fail = (error: unknown) =>
      this.fail({ error, byRule: true, accepted }, policy, call, reader, context);
    let refused: MaybePromise<Refusal | undefined>;
    try {
      refused = authorize(policy.rules!, outcome, ruleCallOf(outcome, call, reader, context));
    } catch (error) {
      return fail(error);
    }
    return isPromise(refused) ? refused.then(settle, fail).then(enforce) : settle(refused);
  }

  private letIn(
    outcome: CallAuthentication,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): true {
    keepAuthentication(call, context, outcome);
    reader.accepted?.(call, outcome.expiresAt, context);
    if (acceptances.hasSubscribers) publishAccepted(outcome, call, reader, context);
    return true;
  }

  private refuse(
    { exception, challenges, accepted }: Refusal,
    byRule: boolean,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Denial {
    if (!byRule) withdrawAuthentication(call, policy, accepted.length === 0);
    if (refusals.hasSubscribers) {
      publishRefused({ error: exception, byRule, accepted }, policy, call, reader, context);
    }
    return { error: reader.refuse?.(exception, challenges, context) ?? exception };
  }

  private failUndecided(
    error: unknown,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Denial {
    return this.fail({ error, byRule: false, accepted: [] }, policy, call, reader, context);
  }

  /** Denies a call for an error that says nothing about its credentials, such as an outage. */
  private fail(
    refused: Refused,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Denial {
    if (refusals.hasSubscribers) publishRefused(refused, policy, call, reader, context);
    return { error: this.readers.failure(reader, refused.error, context) };
  }
}
