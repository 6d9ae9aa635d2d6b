import { ConfigurationError } from '../errors/configuration.error.js';

/** Refuses what is not text, or is empty. */
export function requireText(option: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new ConfigurationError(`${option} must be a string that is not empty`);
  }
  return value;
}

/** Refuses an empty list, and what is not text in it; a single text is a list of one. */
export function requireTexts(option: string, value: unknown): string[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0) throw new ConfigurationError(`${option} must not be empty`);
  return texts.map((text) => requireText(option, text));
}

/** Refuses numbers below a minimum, and what is not a number; an option left out is fine. */
export function requireNumbers(
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

/** Refuses limits that no answer could keep within. */
export function requireHttpLimits(owner: string, limits: object): void {
  requireNumbers(owner, limits, { timeout: 0.001, maxResponseSize: 1 });
}
