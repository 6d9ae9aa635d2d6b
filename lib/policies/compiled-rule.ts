import { ConfigurationError } from '../errors/configuration.error.js';
import type { PlacedDeclaration } from '../requirements/declaration.js';
import {
  AllOfRules,
  AnyOfRules,
  type RuleExpression,
  type RuleReference,
} from '../rules/rule-expression.js';
import { asksSameRule, type RegisteredRule } from './rule-registry.js';

/** A rule, or a combination of rules, in the form in which calls ask it. Its description is in the rules' own words. */
export type CompiledRule =
  | { readonly type: 'rule'; readonly description: string; readonly entry: RegisteredRule }
  | {
      readonly type: 'anyOf' | 'allOf';
      readonly description: string;
      readonly members: readonly CompiledRule[];
    };

/** Finds the rule that a reference names. */
export type ResolveRule = (reference: RuleReference) => RegisteredRule;

/**
 * The rules declared for a handler without duplicates: outer classes and base classes first. `undefined` where none
 * are.
 */
export function compileRules(
  declarations: readonly PlacedDeclaration[],
  resolve: ResolveRule,
): readonly CompiledRule[] | undefined {
  const declared = new Set(declarations.toReversed().flatMap(({ rules }) => rules ?? []));
  return declared.size === 0 ? undefined : [...declared].map((one) => compileRule(one, resolve));
}

function compileRule(expression: RuleExpression, resolve: ResolveRule): CompiledRule {
  if (expression instanceof AnyOfRules || expression instanceof AllOfRules) {
    const { type, rules } = expression;
    const members = rules.map((member) => compileRule(member, resolve));
    if (members.length === 1) return members[0]!;
    return { type, members, description: describe(type, members) };
  }
  const entry = resolve(expression);
  return { type: 'rule', description: entry.rule.description, entry };
}

function describe(type: 'anyOf' | 'allOf', members: readonly CompiledRule[]): string {
  return members
    .map(({ type: kind, description }) =>
      kind === 'rule' || kind === type ? description : `(${description})`,
    )
    .join(type === 'anyOf' ? ' Or: ' : ' And: ');
}

/** Whether two handlers ask the same rules, in the same order. */
export function asksSameRules(
  rules: readonly CompiledRule[] = [],
  others: readonly CompiledRule[] = [],
): boolean {
  return (
    rules.length === others.length && rules.every((rule, index) => asksSame(rule, others[index]!))
  );
}

function asksSame(a: CompiledRule, b: CompiledRule): boolean {
  if (a.type === 'rule' || b.type === 'rule') {
    return a.type === 'rule' && b.type === 'rule' && asksSameRule(a.entry, b.entry);
  }
  return a.type === b.type && asksSameRules(a.members, b.members);
}

/** The name of the first rule that one declaration names, and that two of its handlers take from different providers. */
export function differentRule(
  rules: readonly CompiledRule[] = [],
  others: readonly CompiledRule[] = [],
): string | undefined {
  const [own, their] = [rules.flatMap(entriesOf), others.flatMap(entriesOf)];
  return own.find((entry, index) => !asksSameRule(entry, their[index]!))?.name;
}

function entriesOf(rule: CompiledRule): readonly RegisteredRule[] {
  return rule.type === 'rule' ? [rule.entry] : rule.members.flatMap(entriesOf);
}

/**
 * Refuses rules on a handler that lets in callers without credentials, about whom rules cannot decide.
 *
 * @throws ConfigurationError naming where they are declared, and the fix.
 */
export function assertNoRules(declarations: readonly PlacedDeclaration[], fix: string): void {
  const ruled = declarations.find(({ rules = [] }) => rules.length > 0);
  if (ruled === undefined) return;
  throw new ConfigurationError(`has @Authorize() on ${ruled.place} but ${fix}`);
}
