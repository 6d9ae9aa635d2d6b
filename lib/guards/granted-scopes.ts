import { missingScopes } from '../protocol/scope.js';
import type { ScopeMatcher } from '../requirements/policy-options.js';

/** The scopes that several schemes granted, taken together; anything but an array or a set of strings grants none. */
export function grantedScopes(
  grants: readonly { readonly scopes?: unknown }[],
): ReadonlySet<string> {
  const granted = new Set<string>();
  for (const { scopes } of grants) {
    if (!Array.isArray(scopes) && !(scopes instanceof Set)) continue;
    for (const scope of scopes as Iterable<unknown>) {
      if (typeof scope === 'string') granted.add(scope);
    }
  }
  return granted;
}

/** Whether every required scope is granted. */
export function grantsAll(
  required: readonly string[],
  grants: readonly { readonly scopes?: unknown }[],
  matches: ScopeMatcher | undefined,
): boolean {
  return (
    required.length === 0 || missingScopes(required, grantedScopes(grants), matches).length === 0
  );
}
