import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of a file relative to the repository's root, with forward slashes, as code scanning and annotations require.
 */
export function pathInRepository(file: string): string {
  return relative(repositoryRoot(), resolve(file)).replaceAll('\\', '/');
}

/** The path in the repository of a file URL; `undefined` for files outside of the repository, and for packages. */
export function fileInRepository(url: string): string | undefined {
  const file = fileOf(url);
  if (file === undefined || !existsSync(file)) return undefined;
  const path = pathInRepository(file);
  const isOutside = path.startsWith('../') || isAbsolute(path) || path === '';
  return isOutside || path.split('/').includes('node_modules') ? undefined : path;
}

function fileOf(url: string): string | undefined {
  if (!URL.canParse(url)) return isAbsolute(url) ? url : undefined;
  const { protocol, pathname } = new URL(url);
  if (protocol === 'file:') return fileURLToPath(url);
  // Webpack's URLs: paths relative to the folder in which it runs.
  return protocol === 'webpack:' ? resolve(`.${decodeURIComponent(pathname)}`) : undefined;
}

/** The nearest folder with `.git` around the working directory, or that directory itself. */
function repositoryRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}
