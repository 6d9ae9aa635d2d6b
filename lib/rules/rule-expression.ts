import { Rule } from './rule.js';

/**
 * A rule as `@Authorize` names it: the provider's class, or a ready instance.
 *
 * @publicApi
 */
export type RuleReference =
  (abstract new (...args: never[]) => Rule<never, never>) | Rule<never, never>;

/**
 * Rules combined by `anyOf`: any one of them is enough.
 *
 * @publicApi
 */
export class AnyOfRules {
  readonly type = 'anyOf';
  constructor(readonly rules: readonly RuleExpression[]) {}
}

/**
 * Rules combined by `allOf`: every one of them must allow.
 *
 * @publicApi
 */
export class AllOfRules {
  readonly type = 'allOf';
  constructor(readonly rules: readonly RuleExpression[]) {}
}

/**
 * What a caller must be allowed by: a rule, or rules combined with `anyOf` and `allOf`.
 *
 * @publicApi
 */
export type RuleExpression = RuleReference | AnyOfRules | AllOfRules;

/** What is wrong with a value that is no rule, to follow its name. */
export const NOT_A_RULE =
  'is not a rule or a combination of rules. If it is undefined, two files import each other: move the rule into a file of its own';

/** Whether a value, whatever its type says, can be asked. */
export function isRuleExpression(value: unknown): value is RuleExpression {
  return value instanceof AnyOfRules || value instanceof AllOfRules || isRuleReference(value);
}

/** Whether a value names a rule. */
export function isRuleReference(value: unknown): value is RuleReference {
  return value instanceof Rule || (typeof value === 'function' && value.prototype instanceof Rule);
}
