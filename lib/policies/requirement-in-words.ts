import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** A policy's alternatives, such as `UserToken with "read" and ServiceKey, or anonymous`. */
export function requirementInWords(policy: Policy | null): string {
  if (policy === null) return 'none';
  if (policy.alternatives.length === 0) return 'nobody';
  return policy.alternatives
    .map((alternative, index) =>
      alternative.length === 0
        ? 'anonymous'
        : alternative.map((entry) => schemeInWords(policy, entry, index)).join(' and '),
    )
    .join(', or ');
}

/** A scheme, and what it must grant in one alternative beside what the route requires of all. */
function schemeInWords(
  { required, granters, scopes }: Policy,
  entry: RegisteredScheme,
  index: number,
): string {
  const own = required[index]!.filter(
    (_, at) => at >= scopes.length && granters[index]![at]!.includes(entry),
  );
  const { schemeName } = entry.scheme;
  return own.length === 0
    ? schemeName
    : `${schemeName} with ${own.map((scope) => `"${scope}"`).join(' ')}`;
}
