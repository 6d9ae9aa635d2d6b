/** Deeper than any claims in use. */
const MAX_DEPTH = 64;

/**
 * Freezes parsed JSON deeply, so that no request can change what the next one reads.
 *
 * @returns `false` where it is nested too deeply.
 */
export function freezeJson(json: unknown, depth = MAX_DEPTH): boolean {
  if (typeof json !== 'object' || json === null) return true;
  if (depth === 0) return false;
  // Parsed JSON inherits no members, and `for...in` makes no list of them.
  for (const name in json) {
    const member = (json as Record<string, unknown>)[name];
    if (typeof member === 'object' && !freezeJson(member, depth - 1)) return false;
  }
  Object.freeze(json);
  return true;
}
