import type { Policies } from '../policies/policies.js';
import type { Policy } from '../policies/policy.js';

/** A policy, `null` where there is none, or the set of policies where several operations share a path. */
type Documented = Policy | null | Set<Policy | null>;

/** By application, by method, then by path: the policies of the operations of all documents made so far. */
const documented = new WeakMap<Policies, Map<string, Map<string, Documented>>>();

/** Remembers which policy an operation is under, `null` where none is. */
export function rememberOperation(
  policies: Policies,
  method: string,
  path: string,
  policy: Policy | null,
): void {
  const operations = pathsOf(policies, method);
  const known = operations.get(path);
  if (known === undefined) operations.set(path, policy);
  else if (known instanceof Set) known.add(policy);
  else if (known !== policy) operations.set(path, new Set([known, policy]));
}

/** The policies of an operation of a document: several where versions share its path. */
export function policiesOfOperation(
  policies: Policies,
  method: string,
  path: string,
): ReadonlySet<Policy | null> | undefined {
  const known = documented.get(policies)?.get(method)?.get(path);
  return known === undefined || known instanceof Set ? known : new Set([known]);
}

function pathsOf(policies: Policies, method: string): Map<string, Documented> {
  const methods = documented.get(policies) ?? new Map<string, Map<string, Documented>>();
  documented.set(policies, methods);
  const paths = methods.get(method) ?? new Map<string, Documented>();
  methods.set(method, paths);
  return paths;
}
