import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication, Type } from '@nestjs/common';

export const folder = fileURLToPath(new URL('../../sample', import.meta.url));

/** The samples by the names of their folders. */
export const samples = (await readdir(folder)).filter((name) => /^\d/.test(name));

/** Those that have a page at /docs: an MCP server has none. */
export const documented = samples.filter((name) =>
  existsSync(join(folder, name, 'documentation.ts')),
);

/** What each of them is made of: its module, and how it serves its page. */
export async function load(sample: string) {
  const [{ AppModule }, { serveDocumentation }] = (await Promise.all([
    import(join(folder, sample, 'app.module.ts')),
    import(join(folder, sample, 'documentation.ts')),
  ])) as [{ AppModule: Type }, { serveDocumentation: (app: INestApplication) => void }];
  return { AppModule, serveDocumentation };
}
