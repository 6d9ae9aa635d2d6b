import { types } from 'node:util';

/** How deep a chain of causes may be. */
const DEPTH = 5;

/**
 * An error and its causes in one line, by name, code and message. Anything else that they carry may be secret, and so
 * may what their getters throw.
 */
export function reasonOf(error: unknown, depth = DEPTH): string {
  try {
    return read(error, depth);
  } catch {
    return 'an error that cannot be read';
  }
}

/** Jest runs test files with an `Error` of their own, of which Node's errors are not instances. */
export function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

function read(error: unknown, depth: number): string {
  if (!isError(error) || depth === 0) return '';
  const { name, message, code } = error as NodeJS.ErrnoException;
  const causes = error instanceof AggregateError ? [error.cause, ...error.errors] : [error.cause];
  const deeper = causes.map((cause) => reasonOf(cause, depth - 1));
  return [[name, code].filter(Boolean).join(' '), message, deeper.filter(Boolean).join('; ')]
    .filter(Boolean)
    .join(': ');
}
