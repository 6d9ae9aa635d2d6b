import type { Policies } from '../policies/policies.js';
import type { Policy } from '../policies/policy.js';

/** By application, then by method and path: the policies of the operations of every document that was made. */
const documented = new WeakMap<Policies, Map<string, Set<Policy | null>>>();

/** Remembers which policy an operation is under, `null` where none is. */
export function rememberOperation(
  policies: Policies,
  method: string,
  path: string,
  policy: Policy | null,
): void {
  const operations = documented.get(policies) ?? new Map<string, Set<Policy | null>>();
  documented.set(policies, operations);
  const name = `${method} ${path}`;
  operations.set(name, (operations.get(name) ?? new Set()).add(policy));
}

/** The policies that an operation of a document is under: of versions that share a path, each. */
export function policiesOfOperation(
  policies: Policies,
  method: string,
  path: string,
): ReadonlySet<Policy | null> | undefined {
  return documented.get(policies)?.get(`${method} ${path}`);
}
