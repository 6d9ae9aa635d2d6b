/** Hands the result of a fresh process to whoever started it. */
export function finish(result: unknown): void {
  process.send!(result);
}
