import { ConfigurationError } from '../errors/configuration.error.js';
import { isScopeToken } from '../protocol/scope.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import type { Alternative } from './alternatives.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** Whether a scheme lists the scope among its own. */
export function declares({ scheme }: RegisteredScheme, scope: string): boolean {
  return Object.hasOwn(scheme.scopes, scope);
}

/** Whether a scheme lists no scopes at all and checks credentials, so that it may grant any. */
export function mayGrantAny({ scheme }: RegisteredScheme): boolean {
  return scheme.validate !== undefined && declaresNone(scheme);
}

/**
 * Refuses scopes that some alternative could never grant.
 *
 * @throws ConfigurationError naming the scope, the scheme and the fix.
 */
export function requireGrantable(
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
      if (!alternative.some((entry) => canGrant(entry, scope))) {
        throw new ConfigurationError(explain(scope, alternative));
      }
    }
  }
}

function canGrant(entry: RegisteredScheme, scope: string): boolean {
  return (
    entry.scheme.validate !== undefined && (declares(entry, scope) || declaresNone(entry.scheme))
  );
}

function declaresNone(scheme: SecurityScheme): boolean {
  return Object.keys(scheme.scopes).length === 0;
}

function explain(scope: string, alternative: Alternative<RegisteredScheme>): string {
  const names = alternative.map(({ scheme }) => scheme.schemeName).join(' and ');
  const known = alternative.flatMap(({ scheme }) => Object.keys(scheme.scopes));
  return alternative.every(({ scheme }) => scheme.validate === undefined)
    ? `requires the scope ${scope}, which ${names} cannot grant: define validate() and return the granted scopes`
    : `requires the unknown scope ${scope}: ${names} declares ${known.join(', ')}. Correct it, or add it to the scheme's scopes`;
}
