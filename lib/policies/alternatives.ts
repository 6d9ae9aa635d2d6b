import { ConfigurationError } from '../errors/configuration.error.js';
import {
  AllOf,
  AnyOf,
  Anonymous,
  type Requirement,
  type SchemeReference,
} from '../requirements/requirement.js';

/** Schemes that must all be satisfied; none at all is `anonymous`. */
export type Alternative<Scheme> = readonly Scheme[];

/**
 * A requirement multiplied out into alternatives, in declared order, duplicates dropped.
 *
 * @param resolve Turns a reference into the scheme it names, so that a class and its instance are the same.
 * @throws ConfigurationError when `allOf` holds `anonymous` or the same scheme twice.
 */
export function alternativesOf<Scheme>(
  requirement: Requirement,
  resolve: (reference: SchemeReference) => Scheme,
): readonly Alternative<Scheme>[] {
  const expand = (part: Requirement): Alternative<Scheme>[] => {
    if (part instanceof Anonymous) return [[]];
    if (part instanceof AnyOf) return distinct(part.requirements.flatMap(expand));
    if (part instanceof AllOf) return multiply(part.requirements, expand);
    return [[resolve(part)]];
  };
  return expand(requirement);
}

function multiply<Scheme>(
  members: readonly Requirement[],
  expand: (part: Requirement) => Alternative<Scheme>[],
): Alternative<Scheme>[] {
  const factors = members.map(expand);
  if (factors.some((alternatives) => alternatives.some(({ length }) => length === 0))) {
    throw new ConfigurationError(
      'allOf() holds anonymous: write anyOf(allOf(...), anonymous) when the whole is optional',
    );
  }
  const single = factors
    .filter((alternatives) => alternatives.length === 1)
    .flatMap(([only]) => only!);
  if (new Set(single).size < single.length) {
    throw new ConfigurationError('allOf() holds the same scheme twice: name it once');
  }
  return distinct(
    factors.reduce<Alternative<Scheme>[]>(
      (products, alternatives) =>
        products.flatMap((product) =>
          alternatives.map((alternative) => [...new Set([...product, ...alternative])]),
        ),
      [[]],
    ),
  );
}

function distinct<Scheme>(alternatives: readonly Alternative<Scheme>[]): Alternative<Scheme>[] {
  return alternatives.filter(
    (alternative, index) =>
      alternatives.findIndex((other) => sameSchemes(other, alternative)) === index,
  );
}

/** Whether two alternatives are the same, in whatever order they name their schemes. */
export function sameSchemes<Scheme>(a: Alternative<Scheme>, b: Alternative<Scheme>): boolean {
  return a.length === b.length && a.every((scheme) => b.includes(scheme));
}
