import type { PolicyAlternative, RequiredScope } from './policy-alternative.js';
import type { Policy } from './policy.js';

/** A policy's alternatives, such as `UserToken with "read" and ServiceKey, or anonymous`. */
export function requirementInWords(policy: Policy | null): string {
  if (policy === null) return 'none';
  if (policy.alternatives.length === 0) return 'nobody';
  return policy.alternatives
    .map((alternative) =>
      alternative.schemes.length === 0 ? 'anonymous' : alternativeInWords(alternative, policy),
    )
    .join(', or ');
}

/** The schemes of one alternative, and what they must grant in it beside what the route requires of all. */
function alternativeInWords({ schemes, required }: PolicyAlternative, { scopes }: Policy): string {
  const own = required.slice(scopes.length);
  const named = schemes.map((entry) => {
    const asked = own.filter((one) => !isOpenToAny(one) && one.granters.schemes.includes(entry));
    return `${entry.scheme.schemeName}${scopesInWords(' with', asked)}`;
  });
  return `${named.join(' and ')}${scopesInWords(', one of them with', own.filter(isOpenToAny))}`;
}

function isOpenToAny({ granters: { schemes, every } }: RequiredScope): boolean {
  return !every && schemes.length > 1;
}

function scopesInWords(introduction: string, asked: readonly RequiredScope[]): string {
  return asked.length === 0
    ? ''
    : `${introduction} ${asked.map(({ scope }) => `"${scope}"`).join(' ')}`;
}
