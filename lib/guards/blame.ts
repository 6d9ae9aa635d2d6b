/** Who an error is due to, and what was sent to them, so that no event repeats it. */
export interface Blame {
  /** A scheme's name, or a rule's. */
  readonly name: string;
  readonly credentials?: unknown;
}

const blamed = new WeakMap<object, Blame>();

/** Remembers who an error is due to, beside it: it may be anybody's, and frozen. */
export function blame<T>(error: T, name: string, credentials?: unknown): T {
  if (typeof error === 'object' && error !== null) blamed.set(error, { name, credentials });
  return error;
}

/** Who an error is due to, if anybody said so. */
export function blameFor(error: unknown): Blame | undefined {
  return blamed.get(error as object);
}
