import { SecurityScheme } from '../schemes/security-scheme.js';

/**
 * A scheme as requirements name it: the provider's class, or a ready instance.
 *
 * @publicApi
 */
export type SchemeReference<Scheme extends SecurityScheme = SecurityScheme> =
  (abstract new (...args: never[]) => Scheme) | Scheme;

/**
 * Alternatives, as `anyOf` makes them: any one of them is enough.
 *
 * @publicApi
 */
export class AnyOf<out Members extends readonly Requirement[] = readonly Requirement[]> {
  readonly type = 'anyOf';
  constructor(readonly requirements: Members) {}
}

/**
 * Conditions, as `allOf` makes them: every one of them must hold.
 *
 * @publicApi
 */
export class AllOf<out Members extends readonly Requirement[] = readonly Requirement[]> {
  readonly type = 'allOf';
  constructor(readonly requirements: Members) {}
}

/**
 * A requirement whose credentials must grant scopes of its own, as `withScopes` makes it.
 *
 * @publicApi
 */
export class WithScopes<out Member extends Requirement = Requirement> {
  readonly type = 'withScopes';
  constructor(
    readonly requirement: Member,
    readonly scopes: readonly string[],
  ) {}
}

/**
 * No credentials at all, as `anonymous` says: OpenAPI's `{}`.
 *
 * @publicApi
 */
export class Anonymous {
  readonly type = 'anonymous';
}

/**
 * What a request must present: a scheme, or schemes combined.
 *
 * @publicApi
 */
export type Requirement = SchemeReference | AnyOf | AllOf | WithScopes | Anonymous;

/** What is wrong with a value that is no requirement, to follow its name. */
export const NOT_A_REQUIREMENT =
  'is not a security scheme or a combination of schemes. If it is undefined, two files import each other: move the scheme into a file of its own';

/** What is wrong with a value that is no list of scopes, to follow its name. */
export const NOT_SCOPES =
  'must be a list of text. If it is undefined, two files import each other: move the scopes into a file of their own';

/** Whether a value, whatever its type says, can be required. */
export function isRequirement(value: unknown): value is Requirement {
  return (
    value instanceof AnyOf ||
    value instanceof AllOf ||
    value instanceof WithScopes ||
    value instanceof Anonymous ||
    isSchemeReference(value)
  );
}

/** Whether two requirements, if any, ask the same of the same schemes, in the same order. */
export function isSameRequirement(a: Requirement | undefined, b: Requirement | undefined): boolean {
  if (a === b) return true;
  if (a instanceof WithScopes && b instanceof WithScopes) {
    return areSameScopes(a.scopes, b.scopes) && isSameRequirement(a.requirement, b.requirement);
  }
  const areCombined =
    (a instanceof AnyOf && b instanceof AnyOf) || (a instanceof AllOf && b instanceof AllOf);
  return (
    areCombined &&
    a.requirements.length === b.requirements.length &&
    a.requirements.every((member, index) => isSameRequirement(member, b.requirements[index]!))
  );
}

/** Whether two lists name the same scopes in the same order. */
export function areSameScopes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((scope, index) => scope === b[index]);
}

/** Whether a value names a scheme. */
export function isSchemeReference(value: unknown): value is SchemeReference {
  return (
    value instanceof SecurityScheme ||
    (typeof value === 'function' && value.prototype instanceof SecurityScheme)
  );
}
