import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, NEST_12, unpack } from './installed-package.js';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

/**
 * Installs the tarball and Nest's platform for Express with what they require, and nothing that is optional.
 *
 * They are copies: from a link, Nest and the package would find what lies beside them in this repository.
 */
export async function installBare(from = NEST_12): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-bare-'));
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'nestjs-security');
  await mkdir(installed, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await unpack(installed);
  const names = new Set([...(await requiredBy(installed)), '@nestjs/platform-express']);
  // It grows while it is gone through.
  for (const name of names) {
    const found = from.map((each) => join(each, name)).find(existsSync);
    if (found === undefined) throw new Error(`${name} is not installed here`);
    await cp(found, join(modules, name), { recursive: true });
    for (const required of await requiredBy(found)) names.add(required);
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

async function requiredBy(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const isRequired = (name: string) => manifest.peerDependenciesMeta?.[name]?.optional !== true;
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(isRequired);
  return [...Object.keys(manifest.dependencies ?? {}), ...peers];
}
