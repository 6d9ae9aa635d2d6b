// @ts-check
// Prints how large each entry point of the build is for those who bundle it: with its shared files, without its dependencies,
// minified and compressed. With --check it fails where one is over its budget.
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { entryPoints } from './entry-points.js';

/** In kB of 1000 bytes; a tenth above what it was when it was last looked at. */
const BUDGET = /** @type {Record<string, number>} */ ({
  'nestjs-security': 62.5,
  'nestjs-security/api-keys': 3.5,
  'nestjs-security/graphql': 31,
  'nestjs-security/microservices': 28.5,
  'nestjs-security/mcp': 30,
  'nestjs-security/openapi': 60.5,
  'nestjs-security/testing': 68.5,
  'nestjs-security/redis': 1,
  'nestjs-security/token-endpoint': 9,
  'nestjs-security/tokens': 20,
  'nestjs-security/websockets': 43.5,
});
const rows = [];
for (const { specifier, module } of entryPoints) {
  const bytes = await sizeOf(`dist/${module}.js`);
  rows.push({ entry: specifier, kB: Number((bytes / 1000).toFixed(1)), budget: BUDGET[specifier] });
}
console.table(rows);
const over = rows.filter(({ kB, budget }) => budget === undefined || kB > budget);
if (process.argv.includes('--check') && over.length > 0) {
  console.error(`Over budget in scripts/sizes.js: ${over.map(({ entry }) => entry).join(', ')}`);
  process.exitCode = 1;
}

/** @param {string} input */
async function sizeOf(input) {
  const bundle = await rolldown({ input, external: /^[^./]/, logLevel: 'silent' });
  const { output } = await bundle.generate({ minify: true, keepNames: true });
  const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  return gzipSync(code).length;
}
