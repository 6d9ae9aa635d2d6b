import { KeptValidations } from '../contexts/kept-validations.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { Attempt } from './attempt.js';
import { extract } from './extraction.js';

/** By what calls have in common, by scheme, and by the scopes that its `validate` is told. */
const SHARED = new WeakMap<object, Map<RegisteredScheme, Map<string, Attempt>>>();

/** A scheme's part in calls that share validations: the first of them makes it. */
export function sharedAttempt(
  shared: object,
  entry: RegisteredScheme,
  scheme: SecurityScheme,
  { request, scopeStr }: ValidationContext,
): Attempt {
  const entries = SHARED.get(shared) ?? new Map<RegisteredScheme, Map<string, Attempt>>();
  SHARED.set(shared, entries);
  const attempts = entries.get(entry) ?? new Map<string, Attempt>();
  entries.set(entry, attempts);
  const known = attempts.get(scopeStr);
  if (known !== undefined && !(shared instanceof KeptValidations && isOver(known))) return known;
  const attempt = new Attempt(entry, scheme, extract(entry, scheme, request));
  attempts.set(scopeStr, attempt);
  return attempt;
}

/** Whether what was found out is no reason to accept a later call. */
function isOver({ failure, accepted }: Attempt): boolean {
  if (failure !== undefined) return true;
  return accepted?.expiresAt !== undefined && accepted.expiresAt * 1000 <= Date.now();
}
