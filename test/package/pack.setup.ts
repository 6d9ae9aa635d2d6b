import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    tarball: string;
  }
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the package is built from, and what is published beside it. */
const SOURCES =
  /^(lib|scripts|package\.json|tsconfig\.json|tsconfig\.build\.json|rolldown\.config\.ts|.*\.md|LICENSE)$/;

/** Builds and packs the package once for all specs of this folder, in a copy: the repository's own `dist` stays as it is. */
export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-security-pack-'));
  const stage = join(folder, 'stage');
  for (const name of (await readdir(root)).filter((entry) => SOURCES.test(entry))) {
    await cp(join(root, name), join(stage, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(stage, 'node_modules'), 'junction');
  await run('npm', ['run', 'build'], { cwd: stage });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: stage });

  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  project.provide('tarball', join(folder, name!));
  return () => rm(folder, { recursive: true });
}
