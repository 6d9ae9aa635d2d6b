import { ConfigurationError } from '../errors/configuration.error.js';

/** Shared, as there are nearly always none. */
export const NO_PROBLEMS: readonly ConfigurationError[] = [];

/** The `ConfigurationError` of a check, if it throws one. */
export function problemOf(check: () => void): readonly ConfigurationError[] {
  try {
    check();
    return NO_PROBLEMS;
  } catch (error) {
    if (error instanceof ConfigurationError) return [error];
    throw error;
  }
}

/**
 * What a function returns. If it throws a `ConfigurationError`, the place is put before its message.
 *
 * The original error is not kept as the cause, since its message would be printed twice.
 *
 * @param place Where to look for what is wrong, such as `UsersController.me`.
 */
export function withPlace<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${place} ${error.message}`);
  }
}

/** @throws ConfigurationError listing all that is wrong. */
export function throwProblems(problems: readonly ConfigurationError[]): void {
  if (problems.length === 1) throw problems[0]!;
  if (problems.length === 0) return;
  const messages = problems.map(({ message }) => `- ${message}`);
  throw new ConfigurationError(
    [`${problems.length} handlers are declared wrongly:`, ...messages].join('\n'),
  );
}
