// @ts-check
import { readFileSync } from 'node:fs';

/** @type {{ name: string, exports: Record<string, string | { import: string }>, bin: Record<string, string> }} */
const { name, exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * What package.json exports, the only list of it: `nestjs-security/openapi` is built from `lib/openapi/index.ts`, so its
 * module is `openapi/index`.
 */
export const entryPoints = Object.entries(exports).flatMap(([subpath, conditions]) =>
  typeof conditions === 'string'
    ? []
    : [{ specifier: name + subpath.slice(1), module: moduleOf(conditions.import) }],
);

/** The modules of its commands. */
export const commands = Object.values(bin).map(moduleOf);

/** What `nest generate` loads, by `require`. */
export const schematics = ['schematics/index'];

/** @param {string} file */
function moduleOf(file) {
  return file.replace(/^(?:\.\/)?dist\/(.+)\.js$/, '$1');
}
