import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tree } from '../../lib/schematics/tree.js';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));

/** A workspace on disk, as a schematic sees one. */
export class DiskTree implements Tree {
  readonly folder: string;
  /** What the schematic said. */
  readonly said: string[] = [];
  readonly context = {
    logger: {
      info: (message: string) => void this.said.push(message),
      warn: (message: string) => void this.said.push(message),
    },
  };

  constructor(files: Readonly<Record<string, string>> = {}) {
    mkdirSync(BUILD, { recursive: true });
    this.folder = mkdtempSync(join(BUILD, 'schematics-'));
    for (const [path, content] of Object.entries(files)) this.overwrite(path, content);
  }

  exists(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  read(path: string): Buffer | null {
    return this.exists(path) ? readFileSync(join(this.folder, path)) : null;
  }

  create(path: string, content: string): void {
    if (this.exists(path)) throw new Error(`${path} is there already`);
    this.overwrite(path, content);
  }

  overwrite(path: string, content: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  getDir(path: string) {
    const folder = join(this.folder, path);
    return {
      visit: (visitor: (path: string) => void): void => {
        if (!existsSync(folder)) return;
        const files = readdirSync(folder, { recursive: true, withFileTypes: true });
        for (const file of files.filter((one) => one.isFile()))
          visitor(
            `/${relative(this.folder, join(file.parentPath, file.name)).replaceAll('\\', '/')}`,
          );
      },
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The root module of a workspace. */
export function rootModule(decorator: string): Record<string, string> {
  const text = `import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';

@Module(${decorator})
export class AppModule {}
`;
  return { 'src/app.module.ts': text, 'package.json': '{}' };
}
