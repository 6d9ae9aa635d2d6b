import { ConfigurationError } from '../errors/configuration.error.js';
import { isScopeToken } from '../protocol/scope.js';
import { type Alternative, sameSchemes, type ScopedAlternative } from './alternatives.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** The schemes of an alternative that may or must grant a required scope. */
export interface Granters {
  readonly schemes: readonly RegisteredScheme[];
  /** Whether each of them must grant it; else it is enough that one does. */
  readonly every: boolean;
}

/** What the alternatives of a policy must grant. */
export interface Grants {
  /** Whether every scheme of every alternative is asked for the route's scopes, and for no others. */
  readonly asksAlike: boolean;
  /** By alternative: the route's scopes, then the alternative's own, which `withScopes` adds. */
  readonly required: readonly (readonly string[])[];
  /** By alternative, then by required scope: who must grant it. */
  readonly granters: readonly (readonly Granters[])[];
  /** By alternative, then by its schemes: the required scopes that each may or must grant, which its challenge names. */
  readonly asked: readonly (readonly (readonly string[])[])[];
}

/**
 * Who must grant a required scope: each scheme that declares it or, where none does, one of those that declare no scopes
 * at all and check credentials, so that they may grant any.
 */
export function grantersOf(scope: string, alternative: Alternative<RegisteredScheme>): Granters {
  const declaring = alternative.filter((entry) => declares(entry, scope));
  return declaring.length > 0
    ? { schemes: declaring, every: true }
    : { schemes: alternative.filter(mayGrantAny), every: false };
}

export function sameGranters(a: Granters, b: Granters): boolean {
  return a.every === b.every && sameSchemes(a.schemes, b.schemes);
}

/**
 * What each alternative must grant, and by which of its schemes: what the route requires, then its own scopes.
 *
 * @throws ConfigurationError where one of them could not be granted.
 */
export function grantsOf(
  alternatives: readonly ScopedAlternative<RegisteredScheme>[],
  scopes: readonly string[],
): Grants {
  assertGrantable(
    scopes,
    alternatives.map(({ schemes }) => schemes),
  );
  for (const { scope, schemes } of alternatives.flatMap((alternative) => alternative.scopes)) {
    assertGrantable([scope], [schemes]);
  }
  const conditions = alternatives.map((alternative) => conditionsOf(alternative, scopes));
  const required = conditions.map((list) =>
    list.length === scopes.length ? scopes : Object.freeze(list.map(({ scope }) => scope)),
  );
  const granters = conditions.map((list) => list.map((condition) => condition.granters));
  const asked = alternatives.map(({ schemes }, index) =>
    askedOf(schemes, required[index]!, granters[index]!),
  );
  return { asksAlike: areAskedFor(scopes, asked), required, granters, asked };
}

/**
 * The scopes that each scheme of an alternative is asked for, without duplicates. Where these are all required scopes,
 * it is the list `required` itself.
 */
export function askedOf(
  schemes: Alternative<RegisteredScheme>,
  required: readonly string[],
  granters: readonly Granters[],
): readonly (readonly string[])[] {
  return schemes.map((entry) => {
    const scopes = required.filter((_, at) => granters[at]!.schemes.includes(entry));
    const distinct = new Set(scopes);
    return distinct.size === required.length ? required : Object.freeze([...distinct]);
  });
}

/** Whether all lists are this one. */
export function areAskedFor(scopes: readonly string[], asked: Grants['asked']): boolean {
  return asked.flat().every((list) => list === scopes);
}

/**
 * The scopes of one alternative, each with the schemes that must grant it; a scope that is required twice of the same
 * schemes is there once.
 */
function conditionsOf(
  { schemes, scopes: own }: ScopedAlternative<RegisteredScheme>,
  scopes: readonly string[],
) {
  const shared = scopes.map((scope) => ({ scope, granters: grantersOf(scope, schemes) }));
  const added = own
    .map(({ scope, schemes: asked }) => ({ scope, granters: grantersOf(scope, asked) }))
    .filter(({ scope, granters }) => {
      const known = shared.find((condition) => condition.scope === scope);
      return known === undefined || !sameGranters(known.granters, granters);
    });
  return [...shared, ...added];
}

function declares({ scheme }: RegisteredScheme, scope: string): boolean {
  return Object.hasOwn(scheme.scopes, scope);
}

function mayGrantAny({ scheme }: RegisteredScheme): boolean {
  return scheme.validate !== undefined && Object.keys(scheme.scopes).length === 0;
}

/**
 * Refuses scopes that some alternative could never grant.
 *
 * @throws ConfigurationError naming the scope, the scheme and the fix.
 */
export function assertGrantable(
  scopes: readonly string[],
  alternatives: readonly Alternative<RegisteredScheme>[],
): void {
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !isScopeToken(scope)) {
      throw new ConfigurationError(
        `requires ${JSON.stringify(scope)}, which is not a scope (RFC 6749 3.3)`,
      );
    }
    for (const alternative of alternatives) {
      if (alternative.length === 0) {
        throw new ConfigurationError(
          `requires the scope ${scope} but lets anonymous requests in: remove optional() or the scope`,
        );
      }
      const { schemes, every } = grantersOf(scope, alternative);
      const able = schemes.filter(({ scheme }) => scheme.validate !== undefined);
      if (able.length === 0 || (every && able.length < schemes.length)) {
        throw new ConfigurationError(explain(scope, schemes.length > 0 ? schemes : alternative));
      }
    }
  }
}

function explain(scope: string, alternative: Alternative<RegisteredScheme>): string {
  const names = alternative.map(({ scheme }) => scheme.schemeName).join(' and ');
  const known = alternative.flatMap(({ scheme }) => Object.keys(scheme.scopes));
  return alternative.every(({ scheme }) => scheme.validate === undefined)
    ? `requires the scope ${scope}, which ${names} cannot grant: define validate() and return the granted scopes`
    : `requires the unknown scope ${scope}: ${names} declares ${known.join(', ')}. Correct it, or add it to the scheme's scopes`;
}
