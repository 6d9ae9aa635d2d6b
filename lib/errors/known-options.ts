import { ConfigurationError } from './configuration.error.js';

/** The names of an interface's options, all of them, where a table `satisfies` it. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Refuses an option that nobody reads, such as one whose name is misspelt: it may have been meant to close something.
 *
 * @throws ConfigurationError naming the nearest option that there is.
 */
export function assertKnownOptions(
  caller: string,
  options: object,
  known: Readonly<Record<string, true>>,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const nearest = nearestOf(unknown, names);
  const advice =
    nearest === undefined ? `, which are ${names.join(', ')}` : `: did you mean ${nearest}?`;
  throw new ConfigurationError(`${caller}: ${unknown} is not among its options${advice}`);
}

/** The name that another is a misspelling of, if it is one. */
function nearestOf(unknown: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: distance(unknown, name) }));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= unknown.length / 3 ? nearest.name : undefined;
}

/** How many letters must be added, left out or replaced; upper and lower case are alike. */
function distance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = above[j]! + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, above[j + 1]! + 1, row[j]! + 1));
    }
  }
  return row[b.length]!;
}
