import { ConfigurationError } from '../errors/configuration.error.js';
import { isNamed } from './scheme-options.js';
import { SecurityScheme } from './security-scheme.js';

/** People do not write class names of this length. */
const SHORT = 2;
/** Only the largest bundles have names of this length, and people write some: `Jwt`. */
const LONGEST = 3;

/**
 * Refuses class names that a bundler shortened: a document would call a scheme `DW`, and something else after the next
 * build.
 *
 * If this package is in the bundle, its own class names show it; otherwise names that are too short do. It is an error
 * rather than a warning, as clients rely on the document's names, and two classes may be given the same one.
 *
 * @param classes The classes of the application: where some of them kept their names, all did.
 * @throws ConfigurationError naming the schemes and the fix.
 */
export function assertNamesKept(
  schemes: readonly SecurityScheme[],
  classes: () => readonly Function[] = () => [],
): void {
  const isBundled = SecurityScheme.name !== 'SecurityScheme';
  const shortened = schemes.filter((scheme) => {
    const { schemeName, constructor } = scheme;
    if (isNamed(scheme) || schemeName !== constructor.name) return false;
    return isBundled || schemeName.length <= SHORT || isMinified(constructor, classes);
  });
  if (shortened.length === 0) return;
  const names = shortened.map((scheme) => `${scheme.schemeName} (${kindOf(scheme)})`);
  throw new ConfigurationError(
    `These schemes would be documented by names of classes that look minified: ${names.join(', ')}. Set schemeName in each of them, or let the bundler keep names (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`,
  );
}

/** Whether a class was minified, and no other minified class has a longer name. */
function isMinified(type: Function, classes: () => readonly Function[]): boolean {
  if (type.name.length > LONGEST || !isSqueezed(type)) return false;
  return !classes().some((other) => other.name.length > LONGEST && isSqueezed(other));
}

/** Whether the space before a class's body is missing, which only minifiers leave out. */
function isSqueezed(type: Function): boolean {
  return /^class\b[^{]*[^\s{]\{/.test(Function.prototype.toString.call(type));
}

function kindOf(scheme: SecurityScheme): string {
  const described = scheme.describe();
  if (described.type === 'http') return `http ${described.scheme}`;
  return described.type === 'apiKey' ? `apiKey ${described.name}` : described.type;
}
