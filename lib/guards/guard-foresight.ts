import { Injectable } from '@nestjs/common';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import { forgetAuthentication, keepAuthentication } from '../contexts/kept-authentications.js';
import type { Foresight, ForeseenRefusal } from '../contexts/foresight.js';
import type { GuardedCall } from '../contexts/guarded-call.js';
import type { SecurityCall } from '../contexts/security-call.js';
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

  async allows(guarded: GuardedCall): Promise<boolean> {
    const { policy, call } = guarded;
    const outcome = await this.identify(policy, call);
    if (outcome instanceof Refusal) return false;
    return policy.rules === undefined || this.rulesAllow(outcome, guarded);
  }

  announce({ exception, accepted }: ForeseenRefusal, guarded: GuardedCall): void {
    if (!refusals.hasSubscribers) return;
    publishRefused({ error: exception, byRule: false, accepted }, guarded);
  }

  /** Keeps the authentication with the call only while the rules are asked, as they may read who calls. */
  private async rulesAllow(outcome: CallAuthentication, guarded: GuardedCall): Promise<boolean> {
    keepAuthentication(guarded.call, undefined, outcome);
    try {
      const { policy } = guarded;
      return !(await authorize(policy.rules!, outcome, ruleCallOf(outcome, guarded)));
    } catch (error) {
      if (refusesCall(error)) return false;
      throw error;
    } finally {
      forgetAuthentication(guarded.call);
    }
  }
}
