/** Hands the result of a fresh process to whoever started it, and ends; only then is all of it written. */
export function finish(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}
