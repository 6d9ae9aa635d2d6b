import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type ts from 'typescript';
import { MigrationError } from './migration.error.js';

export type TypeScript = typeof ts;

/**
 * The compiler of the application in a folder, which is asked for its syntax trees.
 *
 * @throws MigrationError where there is none, or one without the API that this needs.
 */
export function loadTypeScript(folder: string): TypeScript {
  const loaded = requireFrom(resolve(folder)) ?? requireFrom(process.cwd());
  if (loaded === undefined) {
    throw new MigrationError(
      'Your code is read with TypeScript, which is not installed: npm install --save-dev typescript@6',
    );
  }
  const [major, minor] = loaded.version.split('.').map(Number) as [number, number];
  if ((major === 5 && minor >= 5) || major === 6) return loaded;
  throw new MigrationError(
    `Your code is read with TypeScript 5.5 to 6, and ${loaded.version} is installed: npm install --no-save typescript@6, and npm install afterwards`,
  );
}

function requireFrom(folder: string): TypeScript | undefined {
  try {
    return createRequire(join(folder, 'package.json'))('typescript') as TypeScript;
  } catch {
    return undefined;
  }
}
