import { ConfigurationError } from '../errors/configuration.error.js';
import { isScopeToken } from '../protocol/scope.js';
import { type Alternative, sameSchemes } from './alternatives.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** The schemes of an alternative that may or must grant a required scope. */
export interface Granters {
  readonly schemes: readonly RegisteredScheme[];
  /** Whether each of them must grant it; else it is enough that one does. */
  readonly every: boolean;
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
