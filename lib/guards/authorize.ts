import type { HttpException } from '@nestjs/common';
import { scopesGrantedBy } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import type { GuardedCall } from '../contexts/guarded-call.js';
import { RuleException } from '../errors/rule.exception.js';
import type { CompiledRule } from '../policies/compiled-rule.js';
import type { RegisteredRule } from '../policies/rule-registry.js';
import { thenWithin } from '../protocol/deadline.js';
import { isPromise, silence } from '../protocol/unsettled.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { Rule } from '../rules/rule.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { blame } from './events.js';
import { failureOf, refusesCall } from './failure.js';
import type { Refusal } from './refusal.js';
import { refuseByRule } from './rule-refusal.js';

/** A rule's answer: `true` where it allows the call, otherwise why it does not. */
type Verdict = true | RefusedByRule;

/** A call that a rule does not allow. */
interface RefusedByRule {
  readonly exception: HttpException;
  /** Whether the rule threw it, and did not just answer `false`. */
  readonly thrown: boolean;
}

/**
 * Asks a policy's rules whether a call may go on, synchronously where they answer so; `undefined` where all allow.
 *
 * @throws a rule's exception as it is where it is not a `SecurityException`, and the failure of a rule that could not
 * answer.
 */
export function authorize(
  rules: readonly CompiledRule[],
  authentication: CallAuthentication,
  call: RuleCall,
): MaybePromise<Refusal | undefined> {
  const verdict = new Authorization(authentication, call).askAll(rules, 0);
  return isPromise(verdict)
    ? verdict.then((settled) => refusalOf(settled, authentication, call))
    : refusalOf(verdict, authentication, call);
}

function refusalOf(
  verdict: Verdict,
  authentication: CallAuthentication,
  { request }: RuleCall,
): Refusal | undefined {
  return verdict === true ? undefined : refuseByRule(verdict.exception, authentication, request);
}

/** What rules decide by: all rules of a call are given the same object. */
export function ruleCallOf(
  { own }: CallAuthentication,
  { call: { request }, reader, context }: GuardedCall,
): RuleCall {
  return Object.freeze({
    user: own[0]!.user,
    scopes: scopesGrantedBy(own),
    request,
    params: (reader.params?.(context) ?? {}) as RuleCall['params'],
    context,
  });
}

/** Asks the rules of one call in turn: `allOf` stops at the first that refuses, `anyOf` at the first that allows. */
class Authorization {
  constructor(
    private readonly authentication: CallAuthentication,
    private readonly call: RuleCall,
  ) {}

  askAll(rules: readonly CompiledRule[], first: number): MaybePromise<Verdict> {
    for (let index = first; index < rules.length; index++) {
      const verdict = this.ask(rules[index]!);
      if (isPromise(verdict)) {
        return verdict.then((settled) =>
          settled === true ? this.askAll(rules, index + 1) : settled,
        );
      }
      if (verdict !== true) return verdict;
    }
    return true;
  }

  private ask(rule: CompiledRule): MaybePromise<Verdict> {
    if (rule.type === 'rule') return this.askRule(rule.entry);
    if (rule.type === 'allOf') return this.askAll(rule.members, 0);
    const refused = refusedBy(rule.description, rule.description);
    return this.askAny(rule.members, 0, refused);
  }

  /**
   * @param refused The answer where no rule allows: replaced by the first exception that a rule threw to refuse, if
   * any.
   */
  private askAny(
    rules: readonly CompiledRule[],
    first: number,
    refused: RefusedByRule,
  ): MaybePromise<Verdict> {
    let answer = refused;
    for (let index = first; index < rules.length; index++) {
      const verdict = this.ask(rules[index]!);
      if (isPromise(verdict)) {
        const known = answer;
        return verdict.then((settled) =>
          settled === true ? true : this.askAny(rules, index + 1, firstThrown(known, settled)),
        );
      }
      if (verdict === true) return true;
      answer = firstThrown(answer, verdict);
    }
    return answer;
  }

  private askRule(entry: RegisteredRule): MaybePromise<Verdict> {
    if (entry.resolve === undefined) return this.answerOf(entry, entry.rule);
    const { validateTimeout } = this.authentication.policy;
    const made = entry.resolve(this.call.request);
    return thenWithin(
      made,
      validateTimeout,
      `The provider of ${entry.name}`,
      (rule) => this.answerOf(entry, rule),
      (error) => this.refuse(entry, error),
    );
  }

  private answerOf(entry: RegisteredRule, rule: Rule<never, never>): MaybePromise<Verdict> {
    try {
      const answer: unknown = rule.allows(this.call as RuleCall<never, never>);
      if (!isPromise(answer)) return verdictOf(answer, entry, rule);
      const { validateTimeout } = this.authentication.policy;
      return thenWithin(
        answer,
        validateTimeout,
        `${entry.name}.allows()`,
        (settled) => verdictOf(settled, entry, rule),
        (error) => this.refuse(entry, error),
      );
    } catch (error) {
      return this.refuse(entry, error);
    }
  }

  /**
   * Takes an exception below 500 as the rule's refusal, so that another rule of an `anyOf` may still allow. Any other
   * error means that the rule failed, and ends the call.
   */
  private refuse({ name }: RegisteredRule, error: unknown): RefusedByRule {
    silence(error);
    if (refusesCall(error)) return { exception: blame(error, name), thrown: true };
    const { accepted } = this.authentication;
    throw failureOf(error, name, [
      this.call.request,
      ...accepted.map(({ credentials }) => credentials),
    ]);
  }
}

/** Only `true` allows: other truthy values may be mistakes, such as an object that was meant to be read. */
function verdictOf(
  answer: unknown,
  { name }: RegisteredRule,
  { description }: Rule<never, never>,
): Verdict {
  return answer === true || refusedBy(description, name);
}

function refusedBy(description: string, name: string): RefusedByRule {
  return { exception: blame(new RuleException(description), name), thrown: false };
}

function firstThrown(known: RefusedByRule, next: RefusedByRule): RefusedByRule {
  return next.thrown && !known.thrown ? next : known;
}
