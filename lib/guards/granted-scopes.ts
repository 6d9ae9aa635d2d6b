import type { ScopeMatcher } from '../requirements/policy-options.js';

/** What a scheme granted, as `validate` answered it: whatever is no array or set grants nothing. */
interface Grant {
  readonly scopes: unknown;
}

/** The scopes that several schemes granted, taken together. */
export function grantedScopes(grants: readonly Grant[]): ReadonlySet<string> {
  return new Set(grants.flatMap(({ scopes }) => listOf(scopes)));
}

/** Whether every required scope is granted by one of the schemes. */
export function grantsAll(
  required: readonly string[],
  grants: readonly Grant[],
  matches: ScopeMatcher | undefined,
): boolean {
  for (let index = 0; index < required.length; index++) {
    if (!isGranted(required[index]!, grants, matches)) return false;
  }
  return true;
}

function isGranted(
  scope: string,
  grants: readonly Grant[],
  matches: ScopeMatcher | undefined,
): boolean {
  for (let index = 0; index < grants.length; index++) {
    if (holds(grants[index]!.scopes, scope, matches)) return true;
  }
  return false;
}

function holds(scopes: unknown, required: string, matches: ScopeMatcher | undefined): boolean {
  if (matches !== undefined)
    return listOf(scopes).some((granted) => matches(granted, required) === true);
  return Array.isArray(scopes)
    ? scopes.includes(required)
    : scopes instanceof Set && scopes.has(required);
}

function listOf(scopes: unknown): string[] {
  const list: unknown[] = Array.isArray(scopes) || scopes instanceof Set ? [...scopes] : [];
  return list.filter((scope) => typeof scope === 'string');
}
