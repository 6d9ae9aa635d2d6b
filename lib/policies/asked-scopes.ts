import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/**
 * The scopes that a scheme is asked for in some alternatives of a policy, one list for each. A challenge does not name
 * the scopes that other schemes of an alternative must grant. Where the scheme is in none of these alternatives, the
 * lists are those of all alternatives that it is in.
 */
export function scopesAskedOf(
  entry: RegisteredScheme,
  policy: Policy,
  alternatives: Policy['alternatives'] = policy.alternatives,
): readonly (readonly string[])[] {
  if (policy.asksAlike) return [policy.scopes];
  const lists = policy.alternatives.flatMap((alternative, index) => {
    const place = alternatives.includes(alternative) ? alternative.indexOf(entry) : -1;
    return place === -1 ? [] : [policy.asked[index]![place]!];
  });
  return lists.length === 0 && alternatives !== policy.alternatives
    ? scopesAskedOf(entry, policy)
    : [...new Set(lists)];
}
