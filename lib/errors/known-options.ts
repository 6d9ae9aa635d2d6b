import { ConfigurationError } from './configuration.error.js';

/** A table with the names of all options of an interface, as `satisfies` checks. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Refuses an option that is not read, such as one with a misspelt name: it may have been meant to close something.
 *
 * @throws ConfigurationError naming the nearest option that there is.
 */
export function assertKnownOptions(
  caller: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(`${caller}: its options must be an object`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const { name, distance } = nearestOf(unknown, names);
  const isMisspelt = distance <= unknown.length / 3;
  const advice = isMisspelt ? `: did you mean ${name}?` : whichAre(names);
  throw new ConfigurationError(`${caller}: ${unknown} is not among its options${advice}`);
}

function whichAre(names: readonly string[]): string {
  return names.length === 0 ? ': it has none' : `, which are ${names.join(', ')}`;
}

/**
 * An option whose name is a letter off a known one, or two where it is long. Others are left alone, as another reader may
 * know them.
 */
export function misspeltOption(
  options: object,
  known: Readonly<Record<string, true>>,
): { readonly unknown: string; readonly meant: string } | undefined {
  for (const unknown of Object.keys(options)) {
    if (Object.hasOwn(known, unknown)) continue;
    const { name, distance } = nearestOf(unknown, Object.keys(known));
    const isNear = distance <= Math.max(1, unknown.length / 6);
    if (isNear && !Object.hasOwn(options, name)) return { unknown, meant: name };
  }
  return undefined;
}

/** The name that is nearest to a given one. */
function nearestOf(unknown: string, names: readonly string[]): { name: string; distance: number } {
  const distances = names.map((name) => ({ name, distance: distanceOf(unknown, name) }));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  return nearest ?? { name: '', distance: Infinity };
}

/** How many letters must be added, left out or replaced; upper and lower case are alike. */
function distanceOf(from: string, to: string): number {
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
