import { posix } from 'node:path';
import type { GenerateOptions, Tree } from './tree.js';

/** A class to generate, and its files. */
export interface GeneratedClass {
  /** Such as `UserToken`. */
  readonly className: string;
  /** Such as `src/auth/user-token/user-token.scheme.ts`. */
  readonly file: string;
  readonly specFile: string;
  /** The import specifier of the class in the spec. */
  readonly specifier: string;
  /** The extension in imports of files. */
  readonly extension: string;
}

/** Names a class and its files as `nest generate` does. */
export function generatedClass(
  tree: Tree,
  kind: 'scheme' | 'rule',
  { name, path = '', sourceRoot = 'src', flat = false, specFileSuffix = 'spec' }: GenerateOptions,
): GeneratedClass {
  const { dir, base } = posix.parse(posix.join('/', path, name));
  const words = base
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const kebab = words.join('-').toLowerCase();
  const className = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  if (!/^[A-Za-z]/.test(className)) throw new Error(`"${name}" is no name for a class`);
  const folder = posix.join(sourceRoot, dir, flat ? '' : kebab);
  const extension = isModule(tree) ? '.js' : '';
  return {
    className,
    file: posix.join(folder, `${kebab}.${kind}.ts`),
    specFile: posix.join(folder, `${kebab}.${kind}.${specFileSuffix}.ts`),
    specifier: `./${kebab}.${kind}${extension}`,
    extension,
  };
}

/** Whether the workspace's files are ES modules, whose imports need an extension. */
function isModule(tree: Tree): boolean {
  const text = tree.read('package.json')?.toString() ?? '{}';
  return (JSON.parse(text) as { type?: string }).type === 'module';
}
