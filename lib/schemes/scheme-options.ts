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

/** The options of bearer schemes, besides those of every scheme. */
export const OF_BEARERS = { realm: true, bearerMethods: true } as const;

/** The classes of this package, each with the names of its options. */
const OPTIONS = new Map<Function, Names>();

/** Possible misspellings in options of subclasses, which may have options of their own and so are not refused. */
const MISSPELT = new WeakMap<SecurityScheme, string>();

const NAMED = new WeakSet<SecurityScheme>();

/** Whether a scheme has a `schemeName` of its own, rather than the name of its class. */
export function isNamed(scheme: SecurityScheme): boolean {
  return NAMED.has(scheme);
}

/** Registers the options of a class of this package, besides those of every scheme. */
export function registerOptions<Options>(
  type: Function,
  own: Readonly<Record<Exclude<keyof Options, keyof typeof OF_ALL>, true>>,
): void {
  OPTIONS.set(type, { ...(own as Names), ...OF_ALL });
}

/**
 * Refuses unknown options of direct instances of this package's classes. For subclasses, an option that looks like a
 * misspelling is remembered instead.
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

/** A warning about an option that a subclass passes on and that looks misspelt. */
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
