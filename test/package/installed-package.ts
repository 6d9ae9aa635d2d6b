import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const PUBLISHED_BESIDE_DIST = /^(package\.json|.*\.md|LICENSE)$/;

export interface PackedPackage {
  tarball: string;
  /** Paths in the tarball, without its `package/` prefix. */
  files: string[];
  remove(): Promise<void>;
}

/** Builds and packs the package outside of the repository, whose own `dist` stays as it is. */
export async function pack(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-pack-'));
  const stage = join(folder, 'stage');
  const build = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(stage, 'dist')];
  await run(process.execPath, [typescript, ...build]);
  for (const name of (await readdir(root)).filter((file) => PUBLISHED_BESIDE_DIST.test(file))) {
    await cp(join(root, name), join(stage, name));
  }
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: stage });

  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  const tarball = join(folder, name!);
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout.split('\n').filter(Boolean);
  return {
    tarball,
    files: files.map((file) => file.replace(/^package\//, '')),
    remove: () => rm(folder, { recursive: true }),
  };
}

export interface Installation {
  folder: string;
  remove(): Promise<void>;
}

/** The packages of test/nest-11, before those of the repository. */
export const NEST_11 = [join(root, 'test/nest-11/node_modules'), join(root, 'node_modules')];
const NEST_12 = [join(root, 'node_modules')];

/**
 * Installs the tarball into an empty folder, with what its own package.json asks for and `extra`, from the first of `from`
 * that has it.
 *
 * It is unpacked, and the packages it needs are links to this repository's: `npm install` would ask
 * the registry for them, and a test must not need a network. What package.json forgets to ask for
 * is not found, as in a real installation.
 */
export async function install(
  tarball: string,
  extra: string[] = [],
  from = NEST_12,
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-app-'));
  const installed = join(folder, 'node_modules', 'nestjs-security');
  await mkdir(installed, { recursive: true });
  // Whatever package.json lies in a folder above is none of this application's.
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);

  for (const name of [...(await requiredPackages(installed)), ...extra]) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    const found = from.map((folder) => join(folder, name)).find(existsSync);
    if (found === undefined) throw new Error(`${name} is not installed here`);
    await symlink(found, link, 'junction');
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

async function requiredPackages(installed: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const peers = Object.keys(manifest.peerDependencies);
  const isRequired = (name: string) => manifest.peerDependenciesMeta[name]?.optional !== true;
  return [...Object.keys(manifest.dependencies), ...peers.filter(isRequired)];
}
