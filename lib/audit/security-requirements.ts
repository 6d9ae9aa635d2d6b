import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';

/** An OpenAPI Security Requirement Object: all of its schemes, each with its scopes. */
export type SecurityRequirement = Record<string, string[]>;

/**
 * A policy as an operation's `security`: alternatives as objects, conditions as their keys, `[]` for a public route.
 *
 * @param scopesOfAnyType Whether types other than oauth2 and openIdConnect may list scopes, as from OpenAPI 3.1 on.
 * @see https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object
 */
export function securityRequirements(
  policy: Policy,
  scopesOfAnyType: boolean,
): SecurityRequirement[] {
  if (policy.schemes.length === 0) return [];
  const requirements = policy.alternatives.map(({ schemes, asked }) =>
    Object.fromEntries(
      schemes.map((entry, at) => {
        const listed = scopesOfAnyType || hasScopes(entry) ? [...asked[at]!] : [];
        return [entry.scheme.schemeName, listed] as const;
      }),
    ),
  );
  return withoutRepeats(requirements);
}

/**
 * Drops duplicates: alternatives look the same if they differ only in scopes that cannot be listed, or in who must
 * grant them.
 */
function withoutRepeats(requirements: readonly SecurityRequirement[]): SecurityRequirement[] {
  const keys = requirements.map((requirement) =>
    JSON.stringify(Object.entries(requirement).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
  return requirements.filter((_, index) => keys.indexOf(keys[index]!) === index);
}

function hasScopes({ scheme }: RegisteredScheme): boolean {
  return ['oauth2', 'openIdConnect'].includes(scheme.describe().type);
}
