import type { Policy } from './policy.js';
import type { RegisteredScheme } from './scheme-registry.js';

/**
 * The scopes that a scheme is asked for in some alternatives of a policy, a list for each: those of the other schemes of
 * an alternative are none of its challenge's business. Where it stands in none of them, those of all that it stands in.
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
