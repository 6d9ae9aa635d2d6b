import { scopesGrantedBy } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import type { CompiledRule } from '../policies/compiled-rule.js';
import { isPromise } from '../protocol/unsettled.js';
import type { RuleCall } from '../rules/rule-call.js';
import { Rule } from '../rules/rule.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { authorize } from './authorize.js';
import { refusesCall } from './failure.js';

/**
 * Whether the rules of a handler may allow some call of a caller, of whom only the user and the scopes are known.
 *
 * A rule that reads more of the call than that cannot decide yet, and is taken to allow. Rules are combined by `anyOf`
 * and `allOf` only, and never negated: a caller who is refused here would be refused whatever the call.
 *
 * @throws errors that say nothing about who calls, as the guard does.
 */
export async function rulesMayAllow(
  authentication: CallAuthentication,
  request: SecurityRequest,
): Promise<boolean> {
  const { own, policy } = authentication;
  if (policy.rules === undefined) return true;
  const scopes = scopesGrantedBy(own);
  // The other members are missing: the rules that `foresee` makes pass on only these.
  const call = { user: own[0]!.user, scopes, request } as unknown as RuleCall;
  try {
    return !(await authorize(policy.rules.map(foresee), authentication, call));
  } catch (error) {
    if (refusesCall(error)) return false;
    throw error;
  }
}

function foresee(rule: CompiledRule): CompiledRule {
  if (rule.type !== 'rule') return { ...rule, members: rule.members.map(foresee) };
  const { rule: asked, name, resolve } = rule.entry;
  // A rule that is made per request would be made for the wrong request, so it is not asked.
  const foreseen = new ForeseenRule(asked, resolve === undefined);
  return { ...rule, entry: { rule: foreseen, name } };
}

/** A rule that is taken to allow where it cannot decide without the call. */
class ForeseenRule extends Rule<unknown, never> {
  constructor(
    private readonly rule: Rule<never, never>,
    private readonly isAsked: boolean,
  ) {
    super(rule.description);
  }

  allows({ user, scopes }: RuleCall<unknown, never>): MaybePromise<boolean> {
    if (!this.isAsked) return true;
    const asked = callerAlone(user, scopes);
    const answered = (answer: boolean) => asked.isTooLittle || answer;
    const failed = (error: unknown) => {
      if (asked.isTooLittle) return true;
      throw error;
    };
    try {
      const answer = this.rule.allows(asked.call);
      return isPromise(answer) ? answer.then(answered, failed) : answered(answer);
    } catch (error) {
      return failed(error);
    }
  }
}

/** What is known of a call that is yet to be made. Reading anything else throws, and is remembered. */
function callerAlone(user: unknown, scopes: ReadonlySet<string>) {
  let isTooLittle = false;
  const unknown = (): never => {
    isTooLittle = true;
    throw new Error('The call is not known yet');
  };
  const call: RuleCall<never, never> = {
    user: user as never,
    scopes,
    get request() {
      return unknown();
    },
    get params() {
      return unknown();
    },
    get context() {
      return unknown();
    },
  };
  return {
    call: Object.freeze(call),
    get isTooLittle() {
      return isTooLittle;
    },
  };
}
