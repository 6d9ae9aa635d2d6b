import { ConfigurationError } from '../errors/configuration.error.js';
import { isNamed } from './scheme-options.js';
import { SecurityScheme } from './security-scheme.js';

/** No class is called so shortly by a person. */
const SHORT = 2;
/** Only the largest bundles have names as long as this, and people write such ones: `Jwt`. */
const LONGEST = 3;

/**
 * Refuses names of classes that a bundler shortened: a document would call a scheme `DW`, and another way after the
 * next build.
 *
 * Where this package is in the bundle, its own names tell; else those that are too short do. It is an error and no
 * warning, as clients rely on what the document says, and two classes may be given one name.
 *
 * @param classes Of the application: where some of them kept their names, all did.
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
    `Names of classes were minified, by which these schemes would be documented: ${names.join(', ')}. Set schemeName in each of them, or let the bundler keep names (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`,
  );
}

/** Whether a class was written by a bundler, which gave none of those that it wrote a longer name. */
function isMinified(type: Function, classes: () => readonly Function[]): boolean {
  if (type.name.length > LONGEST || !isSqueezed(type)) return false;
  return !classes().some((other) => other.name.length > LONGEST && isSqueezed(other));
}

/** Only minifiers leave out the space before the body of a class. */
function isSqueezed(type: Function): boolean {
  return /^class\b[^{]*[^\s{]\{/.test(Function.prototype.toString.call(type));
}

function kindOf(scheme: SecurityScheme): string {
  const described = scheme.describe();
  if (described.type === 'http') return `http ${described.scheme}`;
  return described.type === 'apiKey' ? `apiKey ${described.name}` : described.type;
}
