import { ConfigurationError } from '../errors/configuration.error.js';

/** Refuses anything but text that is not empty, nor white space alone. */
export function assertText(option: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new ConfigurationError(`${option} must be a string that is not empty`);
  }
}

/** Refuses anything but text that is not empty, or a list of such texts that is not empty. */
export function assertTexts(
  option: string,
  value: unknown,
): asserts value is string | readonly string[] {
  const texts: readonly unknown[] = listOf(value);
  if (texts.length === 0) throw new ConfigurationError(`${option} must not be empty`);
  for (const text of texts) assertText(option, text);
}

/** A copy of a list; any other value as a list of one. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : [value as T];
}

/** Refuses anything but finite numbers of at least the minimum; an option may be left out. */
export function assertNumbers(
  owner: string,
  options: object,
  minimums: Readonly<Record<string, number>>,
): void {
  for (const [option, minimum] of Object.entries(minimums)) {
    const value = (options as Record<string, unknown>)[option];
    if (value !== undefined && !(Number.isFinite(value) && (value as number) >= minimum)) {
      throw new ConfigurationError(`${owner}: ${option} must be a number, ${minimum} or more`);
    }
  }
}

/** Refuses anything but `true` and `false`, such as `'false'` from the environment; an option may be left out. */
export function assertBooleans(owner: string, options: object, ...names: string[]): void {
  for (const option of names) {
    const value = (options as Record<string, unknown>)[option];
    if (value !== undefined && typeof value !== 'boolean') {
      throw new ConfigurationError(`${owner}: ${option} must be true or false`);
    }
  }
}
