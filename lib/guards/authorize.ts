import type { HttpException } from '@nestjs/common';
import { scopesGrantedBy } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import type { GuardedCall } from '../contexts/guarded-call.js';
import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { RuleException } from '../errors/rule.exception.js';
import { SecurityException } from '../errors/security.exception.js';
import { scopesAskedOf } from '../policies/asked-scopes.js';
import type { CompiledRule } from '../policies/compiled-rule.js';
import { grantersOf } from '../policies/grantable-scopes.js';
import type { RegisteredRule } from '../policies/rule-registry.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { withResourceMetadata } from '../protocol/challenge.js';
import { thenWithin } from '../protocol/deadline.js';
import { isPromise, silence } from '../protocol/unsettled.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { Rule } from '../rules/rule.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { blame } from './events.js';
import { failureOf, refusesCall } from './failure.js';
import { challengeOf, Refusal } from './refusal.js';

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

/** The refusal of a call that a rule does not allow. An exception that is not this library's is thrown as it is. */
function refusalOf(
  verdict: Verdict,
  authentication: CallAuthentication,
  { request }: RuleCall,
): Refusal | undefined {
  if (verdict === true) return undefined;
  const { exception } = verdict;
  if (!(exception instanceof SecurityException)) throw exception;
  const { policy, accepted } = authentication;
  const resourceMetadata = policy.resources?.metadataFor(request);
  const own = exception instanceof RuleException || exception.challenge !== undefined;
  const challenges = own
    ? [exception.challenge].filter((challenge) => challenge !== undefined)
    : challengesOf(exception, authentication, request);
  return new Refusal(
    exception,
    resourceMetadata === undefined
      ? challenges
      : challenges.map((challenge) => withResourceMetadata(challenge, resourceMetadata)),
    accepted,
  );
}

/** The challenges of the schemes that let the caller in, each with its own scopes. */
function challengesOf(
  exception: SecurityException,
  { policy, accepted, own }: CallAuthentication,
  request: SecurityRequest,
): string[] {
  const held = policy.alternatives.filter(({ schemes }) =>
    schemes.every((entry) => accepted.some((each) => each.entry === entry)),
  );
  const written = own.flatMap(({ entry }) =>
    scopesAskedOf(entry, policy, held).map((scopes) => {
      const asked = { scopes, scopeStr: scopes.join(' '), request };
      return challengeOf(entry.scheme, ownPart(exception, entry, own), asked);
    }),
  );
  return [...new Set(written)];
}

/** A rule's refusal as it concerns one scheme: without the scopes that only other schemes of the call could grant. */
function ownPart(
  exception: SecurityException,
  entry: RegisteredScheme,
  callers: CallAuthentication['own'],
): SecurityException | undefined {
  if (!(exception instanceof InsufficientScopeException) || callers.length === 1) return exception;
  const schemes = callers.map((caller) => caller.entry);
  const scopes = exception.scopes.filter((scope) => {
    const granters = grantersOf(scope, schemes);
    return granters.schemes.length === 0 || granters.schemes.includes(entry);
  });
  return scopes.length === 0 ? undefined : new InsufficientScopeException(scopes);
}
