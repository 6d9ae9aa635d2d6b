/**
 * Refuses unknown options, such as one whose name is misspelt.
 *
 * @throws TypeError naming the option.
 */
export function assertStoreOptions(store: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(
    `${store}: ${unknown} is not among its options, which are ${known.join(', ')}`,
  );
}
