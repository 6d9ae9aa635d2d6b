import { readFileSync } from 'node:fs';

interface Manifest {
  name: string;
  exports: Record<string, string | { import: string }>;
  bin: Record<string, string>;
}

/** `nestjs-security/openapi` is built from `lib/openapi/index.ts`: its module is `openapi/index`. */
export interface EntryPoint {
  specifier: string;
  module: string;
}

const { name, exports, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** What package.json exports, the only list of it. */
export const entryPoints: EntryPoint[] = Object.entries(exports).flatMap(([subpath, conditions]) =>
  typeof conditions === 'string'
    ? []
    : [{ specifier: name + subpath.slice(1), module: moduleOf(conditions.import) }],
);

/** The modules of its commands. */
export const commands = Object.values(bin).map(moduleOf);

function moduleOf(file: string): string {
  return file.replace(/^(?:\.\/)?dist\/(.+)\.js$/, '$1');
}
