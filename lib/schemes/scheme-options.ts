import { assertKnownOptions, misspeltOption, type OptionNames } from '../errors/known-options.js';
import type { SecurityScheme, SecuritySchemeOptions } from './security-scheme.js';

type Names = Readonly<Record<string, true>>;

const OF_ALL = {
  schemeName: true,
  description: true,
  deprecated: true,
  autoError: true,
  validate: true,
  unvalidated: true,
} satisfies OptionNames<SecuritySchemeOptions<unknown, unknown>>;

/** The options of what reads bearer tokens, beside those of every scheme. */
export const OF_BEARERS = { realm: true, bearerMethods: true } as const;

/** The classes of this package, each with the names of its options. */
const OPTIONS = new Map<Function, Names>();

/** The options that may be meant for another reader: a class that extends one of this package may have its own. */
const MISSPELT = new WeakMap<SecurityScheme, string>();

const NAMED = new WeakSet<SecurityScheme>();

/** Whether a scheme was given its name, and is not called by its class. */
export function isNamed(scheme: SecurityScheme): boolean {
  return NAMED.has(scheme);
}

/** Says which options a class of this package has beside those of every scheme. */
export function hasOptions<Options>(
  type: Function,
  own: Readonly<Record<Exclude<keyof Options, keyof typeof OF_ALL>, true>>,
): void {
  OPTIONS.set(type, { ...(own as Names), ...OF_ALL });
}

/**
 * Refuses what a ready instance of this package's classes is given and does not read; of a class that extends one it is
 * remembered if it looks like a misspelling.
 *
 * @throws ConfigurationError naming the option.
 */
export function checkOptions(scheme: SecurityScheme, type: Function, options: object): void {
  const name = scheme.schemeName;
  if ('schemeName' in options && options.schemeName !== undefined) NAMED.add(scheme);
  const own = OPTIONS.get(type);
  if (own !== undefined) return assertKnownOptions(name, options, own);
  const base = baseOf(type);
  const found = misspeltOption(options, OPTIONS.get(base) ?? OF_ALL);
  if (found === undefined) return;
  MISSPELT.set(
    scheme,
    `${name}: ${found.unknown} is not among the options of ${base.name}: did you mean ${found.meant}? An option of the class itself need not be passed to super()`,
  );
}

/** What looks like the misspelling of an option in what a class that extends one of this package passes on. */
export function misspeltIn(scheme: SecurityScheme): string | undefined {
  return MISSPELT.get(scheme);
}

/** The nearest class of this package that a class extends, or the last of all. */
function baseOf(type: Function): Function {
  const parent = Object.getPrototypeOf(type) as Function;
  return OPTIONS.has(parent) || Object.getPrototypeOf(parent) === Function.prototype
    ? parent
    : baseOf(parent);
}
