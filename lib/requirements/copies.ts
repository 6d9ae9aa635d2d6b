import { AllOfRules, AnyOfRules, isRuleExpression, NOT_A_RULE } from '../rules/rule-expression.js';
import { Rule } from '../rules/rule.js';
import { SecurityScheme } from '../schemes/security-scheme.js';
import {
  AllOf,
  Anonymous,
  AnyOf,
  isRequirement,
  NOT_A_REQUIREMENT,
  WithScopes,
} from './requirement.js';

interface Copy {
  readonly url: string;
}

/**
 * The classes by which values are recognised, of every copy of this package in the process, with the copy that each
 * belongs to.
 *
 * Two versions, or the builds for `import` and `require` side by side, have their own classes and their own
 * declarations.
 */
const COPIES = Symbol.for('nestjs-security:copies');
const holder = globalThis as { [COPIES]?: Map<unknown, Copy> };
const copies = (holder[COPIES] ??= new Map());
const own: Copy = { url: import.meta.url };

/** Records for other copies that classes belong to this one. */
export function ofThisCopy(...types: readonly unknown[]): void {
  for (const type of types) copies.set(type, own);
}

ofThisCopy(SecurityScheme, AnyOf, AllOf, WithScopes, Anonymous, Rule, AnyOfRules, AllOfRules);

/** Whether a class is known to be of another copy. */
export function isOfAnotherCopy(type: unknown): boolean {
  return (copies.get(type) ?? own) !== own;
}

/** Whether the class of a value, or one that it extends, was recorded as of this copy. */
export function isMadeHere(value: unknown): boolean {
  return [...lineage(value)].some((type) => copies.get(type) === own);
}

const ADVICE =
  'which know nothing of each other: have one version installed ("npm ls nestjs-security" lists them), and load all of its entry points by import, or all by require()';

/**
 * Under Plug'n'Play, Yarn resolves `require()` itself and ignores the export condition by which Node loads one build
 * for both.
 */
const ADVICE_OF_PNP =
  'which know nothing of each other: under Plug\'n\'Play require() takes another build than import. Load it by one of them throughout, libraries included, or set nodeLinker: node-modules ("yarn why nestjs-security" lists the versions)';

/** What is wrong with a value that is no requirement of this copy, to follow its name. */
export function notARequirement(value: unknown): string {
  return isRuleExpression(value)
    ? 'is a rule, which authenticates nobody: name it in @Authorize()'
    : notOfThisCopy(value);
}

/** What is wrong with a value that is no rule of this copy, to follow its name. */
export function notARule(value: unknown): string {
  return isRequirement(value)
    ? 'is a requirement, which is no rule: name it in @Security()'
    : notOfThisCopy(value, NOT_A_RULE);
}

function notOfThisCopy(value: unknown, otherwise = whatIsWrong(value)): string {
  return ofAnotherCopy(value) ?? otherwise;
}

/** What is wrong with a value that another copy made, to follow its name; `undefined` with any other. */
export function ofAnotherCopy(value: unknown): string | undefined {
  return [...lineage(value)].some(isOfAnotherCopy)
    ? `is of another copy of nestjs-security${hintOfCopies()}`
    : undefined;
}

function whatIsWrong(value: unknown): string {
  if (Array.isArray(value)) {
    return 'is a list: write anyOf(...) where any one of its schemes is enough, or allOf(...) where all are needed';
  }
  if (typeof value === 'string') {
    return 'is a text: name the class of the scheme, or the instance that is registered, such as @Security(UserToken); a Passport strategy becomes one by PassportScheme';
  }
  return typeof value === 'function' && value.name !== ''
    ? `is ${value.name}, which is no security scheme: it must extend SecurityScheme or one of the schemes of nestjs-security`
    : NOT_A_REQUIREMENT;
}

/** A hint to append to an error that a second copy of this package may have caused; empty where there is only one. */
export function hintOfCopies(): string {
  const places = [...new Set(copies.values())].map(({ url }) => url);
  const advice = process.versions['pnp'] === undefined ? ADVICE : ADVICE_OF_PNP;
  return places.length < 2 ? '' : `. There are two copies, ${places.join(' and ')}, ${advice}`;
}

/** The constructors of an instance, or a class and what it extends. */
function* lineage(value: unknown): Iterable<unknown> {
  let at: unknown = typeof value === 'function' ? value.prototype : value;
  for (; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'constructor')) yield at.constructor;
  }
}
