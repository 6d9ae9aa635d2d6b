import { ConfigurationError } from '../errors/configuration.error.js';
import {
  AllOf,
  AnyOf,
  Anonymous,
  type Requirement,
  type SchemeReference,
  WithScopes,
} from '../requirements/requirement.js';

/** Schemes that must all be satisfied; none at all is `anonymous`. */
export type Alternative<Scheme> = readonly Scheme[];

/** A scope that one of the given schemes of an alternative must grant. */
export interface OwnScope<Scheme> {
  readonly scope: string;
  readonly schemes: Alternative<Scheme>;
}

/** An alternative, and the scopes that `withScopes` requires in it. */
export interface ScopedAlternative<Scheme> {
  readonly schemes: Alternative<Scheme>;
  readonly scopes: readonly OwnScope<Scheme>[];
}

/**
 * A requirement multiplied out into alternatives, in declared order, duplicates dropped.
 *
 * @param resolve Turns a reference into the scheme it names, so that a class and its instance are the same.
 * @throws ConfigurationError when `allOf` holds `anonymous` or the same scheme twice.
 */
export function alternativesOf<Scheme>(
  requirement: Requirement,
  resolve: (reference: SchemeReference) => Scheme,
): readonly ScopedAlternative<Scheme>[] {
  const expand = (part: Requirement): ScopedAlternative<Scheme>[] => {
    if (part instanceof Anonymous) return [{ schemes: [], scopes: [] }];
    if (part instanceof AnyOf) return distinct(part.requirements.flatMap(expand));
    if (part instanceof AllOf) return multiply(part.requirements, expand);
    if (part instanceof WithScopes) {
      return expand(part.requirement).map((alternative) => withOwnScopes(alternative, part.scopes));
    }
    return [{ schemes: [resolve(part)], scopes: [] }];
  };
  return expand(requirement);
}

function withOwnScopes<Scheme>(
  { schemes, scopes }: ScopedAlternative<Scheme>,
  asked: readonly string[],
): ScopedAlternative<Scheme> {
  const own = asked.map((scope) => ({ scope, schemes }));
  return { schemes, scopes: distinctScopes([...own, ...scopes]) };
}

function multiply<Scheme>(
  members: readonly Requirement[],
  expand: (part: Requirement) => ScopedAlternative<Scheme>[],
): ScopedAlternative<Scheme>[] {
  const factors = members.map(expand);
  if (factors.some((alternatives) => alternatives.some(({ schemes }) => schemes.length === 0))) {
    throw new ConfigurationError(
      'allOf() holds anonymous: write anyOf(allOf(...), anonymous) when the whole is optional',
    );
  }
  const single = factors
    .filter((alternatives) => alternatives.length === 1)
    .flatMap(([only]) => only!.schemes);
  if (new Set(single).size < single.length) {
    throw new ConfigurationError('allOf() holds the same scheme twice: name it once');
  }
  return distinct(
    factors.reduce<ScopedAlternative<Scheme>[]>(
      (products, alternatives) =>
        products.flatMap((product) =>
          alternatives.map((alternative) => ({
            schemes: [...new Set([...product.schemes, ...alternative.schemes])],
            scopes: distinctScopes([...product.scopes, ...alternative.scopes]),
          })),
        ),
      [{ schemes: [], scopes: [] }],
    ),
  );
}

function distinct<Scheme>(
  alternatives: readonly ScopedAlternative<Scheme>[],
): ScopedAlternative<Scheme>[] {
  return alternatives.filter(
    (alternative, index) => alternatives.findIndex((other) => isSame(other, alternative)) === index,
  );
}

function isSame<Scheme>(a: ScopedAlternative<Scheme>, b: ScopedAlternative<Scheme>): boolean {
  return (
    sameSchemes(a.schemes, b.schemes) &&
    a.scopes.length === b.scopes.length &&
    a.scopes.every((own) => b.scopes.some((other) => isSameScope(own, other)))
  );
}

function distinctScopes<Scheme>(scopes: readonly OwnScope<Scheme>[]): OwnScope<Scheme>[] {
  return scopes.filter(
    (own, index) => scopes.findIndex((other) => isSameScope(other, own)) === index,
  );
}

function isSameScope<Scheme>(a: OwnScope<Scheme>, b: OwnScope<Scheme>): boolean {
  return a.scope === b.scope && sameSchemes(a.schemes, b.schemes);
}

/** Whether two alternatives are the same, in whatever order they name their schemes. */
export function sameSchemes<Scheme>(a: Alternative<Scheme>, b: Alternative<Scheme>): boolean {
  return a.length === b.length && a.every((scheme) => b.includes(scheme));
}
