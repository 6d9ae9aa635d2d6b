import type { Alternative } from './alternatives.js';
import { declares, mayGrantAny } from './grantable-scopes.js';
import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** An OpenAPI Security Requirement Object: all of its schemes, each with its scopes. */
export type SecurityRequirement = Record<string, string[]>;

/**
 * A policy as an operation's `security`: alternatives as objects, conditions as their keys, `[]` for a public route.
 *
 * @param scopesOfAnyType Whether types other than oauth2 and openIdConnect may list scopes, as from OpenAPI 3.1 on.
 * @see https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object
 */
export function securityRequirements(
  { alternatives, schemes, scopes }: Policy,
  scopesOfAnyType: boolean,
): SecurityRequirement[] {
  if (schemes.length === 0) return [];
  return alternatives.map((alternative) =>
    Object.fromEntries(
      alternative.map((entry) => [
        entry.scheme.schemeName,
        scopesOfAnyType || hasScopes(entry) ? scopesUnder(entry, alternative, scopes) : [],
      ]),
    ),
  );
}

function hasScopes({ scheme }: RegisteredScheme): boolean {
  return ['oauth2', 'openIdConnect'].includes(scheme.describe().type);
}

/** A scope stands under the schemes that declare it or, where none does, under those that could grant it. */
function scopesUnder(
  entry: RegisteredScheme,
  alternative: Alternative<RegisteredScheme>,
  scopes: readonly string[],
): string[] {
  return scopes.filter((scope) =>
    alternative.some((other) => declares(other, scope))
      ? declares(entry, scope)
      : mayGrantAny(entry),
  );
}
