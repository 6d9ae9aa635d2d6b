import { type ExecutionContext, Injectable } from '@nestjs/common';
import {
  type CallAuthentication,
  forgetAuthentication,
  keepAuthentication,
} from '../contexts/call-authentication.js';
import type { Foresight, ForeseenRefusal } from '../contexts/foresight.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import { authorize, ruleCallOf } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { publishRefused, refusals } from './events.js';
import { refusesCall } from './failure.js';
import { Refusal } from './refusal.js';

/** The guard's decision, without letting anybody in: nothing is kept with the call, and nobody is told. */
@Injectable()
export class GuardForesight implements Foresight {
  async identify(policy: Policy, call: SecurityCall): Promise<Outcome> {
    return decide(policy, call);
  }

  async allows(
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Promise<boolean> {
    const outcome = await this.identify(policy, call);
    if (outcome instanceof Refusal) return false;
    return policy.rules === undefined || this.rulesAllow(outcome, call, reader, context);
  }

  announce(
    { exception, accepted }: ForeseenRefusal,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): void {
    if (!refusals.hasSubscribers) return;
    publishRefused({ error: exception, byRule: false, accepted }, policy, call, reader, context);
  }

  /** Keeps the authentication with the call only while the rules are asked, as they may read who calls. */
  private async rulesAllow(
    outcome: CallAuthentication,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Promise<boolean> {
    keepAuthentication(call, undefined, outcome);
    try {
      const rules = outcome.policy.rules!;
      return !(await authorize(rules, outcome, ruleCallOf(outcome, call, reader, context)));
    } catch (error) {
      if (refusesCall(error)) return false;
      throw error;
    } finally {
      forgetAuthentication(call);
    }
  }
}
