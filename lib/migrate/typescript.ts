import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type ts from 'typescript';
import { MigrationError } from './migration.error.js';

export type TypeScript = typeof ts;

const INSTALL = 'npm install --save-dev typescript@6';

/**
 * The compiler of the application in a folder, which is asked for its syntax trees.
 *
 * @throws MigrationError where there is none, or one without the API that this needs.
 */
export async function loadTypeScript(folder: string): Promise<TypeScript> {
  const loaded = await importFrom(folder);
  if (loaded === undefined) {
    throw new MigrationError(
      `migrate reads your code with TypeScript, which is not installed: ${INSTALL}`,
    );
  }
  const [major, minor] = (loaded.version ?? '0.0').split('.').map(Number) as [number, number];
  const isKnown = (major === 5 && minor >= 5) || major === 6;
  if (isKnown && typeof loaded.createProgram === 'function') return loaded;
  throw new MigrationError(
    `migrate reads your code with TypeScript 5.5 to 6, and ${loaded.version} is installed: npm install --no-save typescript@6, migrate, npm install`,
  );
}

async function importFrom(folder: string): Promise<TypeScript | undefined> {
  for (const from of [resolve(folder), process.cwd()]) {
    try {
      const path = createRequire(join(from, 'package.json')).resolve('typescript');
      const module = (await import(pathToFileURL(path).href)) as { default: TypeScript };
      return module.default;
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}
