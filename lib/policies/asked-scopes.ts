import type { PolicyAlternative } from './policy-alternative.js';
import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/**
 * The scopes that a scheme is asked for in some alternatives of a policy, one list for all that ask it for the same. A
 * challenge does not name the scopes that other schemes of an alternative must grant. Where the scheme is in none of
 * these alternatives, the lists are those of all alternatives that it is in.
 */
export function scopesAskedOf(
  entry: RegisteredScheme,
  policy: Policy,
  alternatives: readonly PolicyAlternative[] = policy.alternatives,
): readonly (readonly string[])[] {
  if (policy.asksAlike) return [policy.scopes];
  const lists = alternatives.flatMap(({ schemes, asked }) => {
    const place = schemes.indexOf(entry);
    return place === -1 ? [] : [asked[place]!];
  });
  return lists.length === 0 && alternatives !== policy.alternatives
    ? scopesAskedOf(entry, policy)
    : distinct(lists);
}

/** Lists of the same scopes are one: challenges for them may differ, as those of Digest do by their nonces. */
function distinct(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(lists.map((scopes) => [scopes.join(' '), scopes])).values()];
}
