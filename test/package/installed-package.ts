import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Installation {
  folder: string;
  remove(): Promise<void>;
}

/** The packages of test/nest-11, before those of the repository. */
export const NEST_11 = [join(root, 'test/nest-11/node_modules'), join(root, 'node_modules')];
export const NEST_12 = [join(root, 'node_modules')];

/**
 * Installs the tarball into an empty folder, with what its own package.json asks for and `extra`, from the first of `from`
 * that has it.
 *
 * It is unpacked, and the packages it needs are links to this repository's: `npm install` would ask
 * the registry for them, and a test must not need a network. What package.json forgets to ask for
 * is not found, as in a real installation.
 */
export async function install(extra: string[] = [], from = NEST_12): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-app-'));
  const installed = join(folder, 'node_modules', 'nestjs-security');
  await mkdir(installed, { recursive: true });
  // Whatever package.json lies in a folder above is none of this application's.
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await unpack(installed);

  for (const name of [...(await requiredPackages(installed)), ...extra]) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    const found = from.map((folder) => join(folder, name)).find(existsSync);
    if (found === undefined) throw new Error(`${name} is not installed here`);
    await symlink(found, link, 'junction');
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** The tarball's files, in a folder that exists. */
export async function unpack(folder: string): Promise<void> {
  await run('tar', ['-xzf', inject('tarball'), '-C', folder, '--strip-components=1']);
}

async function requiredPackages(installed: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const peers = Object.keys(manifest.peerDependencies);
  const isRequired = (name: string) => manifest.peerDependenciesMeta[name]?.optional !== true;
  return [...Object.keys(manifest.dependencies), ...peers.filter(isRequired)];
}
