import { ConfigurationError } from '../errors/configuration.error.js';
import { SecurityScheme } from './security-scheme.js';

/** No class is called so shortly by a person, and few bundles have more classes than there are such names. */
const SHORT = 2;

/**
 * Refuses names of classes that a bundler shortened: a document would call a scheme `DW`, and another way after the
 * next build.
 *
 * Where this package is in the bundle, its own names tell; else those that are too short do. It is an error and no
 * warning, as clients rely on what the document says, and two classes may be given one name.
 *
 * @throws ConfigurationError naming the schemes and the fix.
 */
export function assertNamesKept(schemes: readonly SecurityScheme[]): void {
  const isBundled = SecurityScheme.name !== 'SecurityScheme';
  const shortened = schemes.filter(
    ({ schemeName, constructor }) =>
      schemeName === constructor.name && (isBundled || schemeName.length <= SHORT),
  );
  if (shortened.length === 0) return;
  const names = shortened.map((scheme) => `${scheme.schemeName} (${kindOf(scheme)})`);
  throw new ConfigurationError(
    `Names of classes were minified, by which these schemes would be documented: ${names.join(', ')}. Set schemeName in each of them, or let the bundler keep names (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`,
  );
}

function kindOf(scheme: SecurityScheme): string {
  const described = scheme.describe();
  if (described.type === 'http') return `http ${described.scheme}`;
  return described.type === 'apiKey' ? `apiKey ${described.name}` : described.type;
}
