import { type Alternative, sameSchemes, type ScopedAlternative } from './alternatives.js';
import { assertGrantable, type Granters, grantersOf, sameGranters } from './grantable-scopes.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** A scope that an alternative requires, and who must grant it. */
export interface RequiredScope {
  readonly scope: string;
  readonly granters: Granters;
}

/** One way to satisfy a policy: schemes that must all accept a call, and what they must grant. */
export interface PolicyAlternative {
  /** None at all is `anonymous`. */
  readonly schemes: Alternative<RegisteredScheme>;
  /**
   * How many of the schemes, the first ones, the handler's own requirement names. The rest come from the `always`
   * option.
   */
  readonly own: number;
  /** What the route requires, then what `withScopes` requires in this alternative alone. */
  readonly required: readonly RequiredScope[];
  /** By scheme: the required scopes that it may or must grant, which its challenge names. */
  readonly asked: readonly (readonly string[])[];
}

/**
 * The alternatives of a policy.
 *
 * @param scopes What the route requires in each of them.
 * @throws ConfigurationError where a scope could not be granted.
 */
export function policyAlternatives(
  alternatives: readonly ScopedAlternative<RegisteredScheme>[],
  scopes: readonly string[],
): readonly PolicyAlternative[] {
  assertGrantable(
    scopes,
    alternatives.map(({ schemes }) => schemes),
  );
  for (const { scope, schemes } of alternatives.flatMap((alternative) => alternative.scopes)) {
    assertGrantable([scope], [schemes]);
  }
  return alternatives.map((alternative) => {
    const { schemes } = alternative;
    return withAsked(schemes, schemes.length, withGranters(alternative, scopes), scopes);
  });
}

/**
 * An alternative of a handler's own and one of the `always` option in one.
 *
 * @param scopes What the route requires.
 */
export function joinAlternatives(
  own: PolicyAlternative,
  always: PolicyAlternative,
  scopes: readonly string[],
): PolicyAlternative {
  return withAsked(
    [...new Set([...own.schemes, ...always.schemes])],
    own.schemes.length,
    [...own.required, ...always.required],
    scopes,
  );
}

/** The scopes that an alternative requires, each once: two schemes may have to grant the same one. */
export function scopesRequiredIn({ required }: PolicyAlternative): readonly string[] {
  return [...new Set(required.map(({ scope }) => scope))];
}

/** Whether two alternatives require the same, in whatever order they name their schemes. */
export function requireSame(a: PolicyAlternative, b: PolicyAlternative): boolean {
  return (
    sameSchemes(a.schemes, b.schemes) &&
    a.required.length === b.required.length &&
    a.required.every((each, at) => isSameScope(each, b.required[at]!))
  );
}

function isSameScope(a: RequiredScope, b: RequiredScope): boolean {
  return a.scope === b.scope && sameGranters(a.granters, b.granters);
}

function withAsked(
  schemes: Alternative<RegisteredScheme>,
  own: number,
  required: readonly RequiredScope[],
  scopes: readonly string[],
): PolicyAlternative {
  const asked = schemes.map((entry) => scopesAskedOf(entry, required, scopes));
  return { schemes, own, required, asked };
}

/** Challenges are kept by the list of scopes that they name: where that is all the route's, it is the route's list. */
function scopesAskedOf(
  entry: RegisteredScheme,
  required: readonly RequiredScope[],
  scopes: readonly string[],
): readonly string[] {
  const asked = required.filter(({ granters }) => granters.schemes.includes(entry));
  const isOfRoute = required.length === scopes.length && asked.length === scopes.length;
  return isOfRoute ? scopes : Object.freeze([...new Set(asked.map(({ scope }) => scope))]);
}

/**
 * The scopes of one alternative, each with the schemes that must grant it; a scope that is required twice of the same
 * schemes is there once.
 */
function withGranters(
  { schemes, scopes: own }: ScopedAlternative<RegisteredScheme>,
  scopes: readonly string[],
): readonly RequiredScope[] {
  const ofRoute = scopes.map((scope) => ({ scope, granters: grantersOf(scope, schemes) }));
  const added = own
    .map((each) => ({ scope: each.scope, granters: grantersOf(each.scope, each.schemes) }))
    .filter((each) => !ofRoute.some((known) => isSameScope(known, each)));
  return [...ofRoute, ...added];
}
