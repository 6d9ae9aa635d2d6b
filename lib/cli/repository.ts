import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file from the repository's root on, with forward slashes: code scanning and annotations know no other name. */
export function pathInRepository(file: string): string {
  return relative(repositoryRoot(), resolve(file)).replaceAll('\\', '/');
}

/** The same of an address; `undefined` of what is in no folder of the repository, or is somebody else's package. */
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
  // As webpack writes it: the path from the folder that it runs in on.
  return protocol === 'webpack:' ? resolve(`.${decodeURIComponent(pathname)}`) : undefined;
}

/** The folder with `.git` that the command runs in, or the one that it runs in. */
function repositoryRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}
