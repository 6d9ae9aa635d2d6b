import type { Granters } from './grantable-scopes.js';
import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/** A policy's alternatives, such as `UserToken with "read" and ServiceKey, or anonymous`. */
export function requirementInWords(policy: Policy | null): string {
  if (policy === null) return 'none';
  if (policy.alternatives.length === 0) return 'nobody';
  return policy.alternatives
    .map((alternative, index) =>
      alternative.length === 0 ? 'anonymous' : alternativeInWords(alternative, policy, index),
    )
    .join(', or ');
}

/** The schemes of one alternative, and what they must grant in it beside what the route requires of all. */
function alternativeInWords(
  alternative: readonly RegisteredScheme[],
  { required, granters, scopes }: Policy,
  index: number,
): string {
  const own = required[index]!.map((scope, at) => ({ scope, ...granters[index]![at]! })).slice(
    scopes.length,
  );
  const isOpenToAny = ({ schemes, every }: Granters) => !every && schemes.length > 1;
  const named = alternative.map((entry) => {
    const asked = own.filter((one) => !isOpenToAny(one) && one.schemes.includes(entry));
    return `${entry.scheme.schemeName}${scopesInWords(' with', asked)}`;
  });
  return `${named.join(' and ')}${scopesInWords(', one of them with', own.filter(isOpenToAny))}`;
}

function scopesInWords(introduction: string, asked: readonly { readonly scope: string }[]): string {
  return asked.length === 0
    ? ''
    : `${introduction} ${asked.map(({ scope }) => `"${scope}"`).join(' ')}`;
}
