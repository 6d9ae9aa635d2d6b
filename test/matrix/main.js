// @ts-check
// Asks an application of the packed tarball the same questions on every supported version of Node and Nest, with each
// adapter and each kind of modules, and writes what came out into the page on compatibility; with --check it compares.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks, failuresOf, SECRET } from './checks.js';
import { install, pack } from './installation.js';
import { nodes } from './nodes.js';
import { isOnPage, tableOf, writeTable } from './table.js';

const BOOT_MS = 60_000;
const MODULES = { 'ES modules': 'app.mjs', CommonJS: 'app.cjs' };

const folder = mkdtempSync(join(tmpdir(), 'nestjs-security-matrix-'));
const tarball = pack(folder);
const binaries = nodes();
const missing = binaries.filter(({ binary }) => binary === undefined);
for (const { major } of missing) console.log(`skipped: there is no Node ${major} here`);

/** @type {import('./table.js').Cell[]} */
const cells = [];
for (const nest of /** @type {const} */ ([11, 12])) {
  const installation = install(nest, tarball);
  for (const { major: node, binary } of binaries) {
    if (binary === undefined) continue;
    for (const adapter of ['Express', 'Fastify']) {
      for (const [modules, file] of Object.entries(MODULES)) {
        const failures = await run(binary, join(installation.folder, file), adapter);
        console.log(`Node ${node}, Nest ${nest}, ${adapter}, ${modules}:`, failures.length || 'ok');
        for (const failure of failures) console.error(`  ${failure}`);
        cells.push({ node, nest, adapter, modules, failures });
      }
    }
  }
  installation.remove();
}
rmSync(folder, { recursive: true });
console.log(`${cells.length} cells, ${checks.length} requests and a document each`);

cells.sort((one, other) => one.node - other.node || one.nest - other.nest);
process.exitCode = (await conclude()) ? 0 : 1;

async function conclude() {
  if (cells.some(({ failures }) => failures.length > 0)) return false;
  if (missing.length > 0) return process.env['REQUIRE_NODES'] !== '1';
  const table = await tableOf(cells);
  if (!process.argv.includes('--check')) writeTable(table);
  else if (!isOnPage(table)) {
    console.error('docs/reference/compatibility.md says otherwise: npm run matrix writes it');
    return false;
  }
  return true;
}

/** What of the checks fails on one application. @param {string} binary @param {string} file @param {string} adapter */
async function run(binary, file, adapter) {
  const app = spawn(binary, [file, adapter], { env: { ...process.env, SECRET } });
  try {
    return await failuresOf(await listening(app));
  } catch (error) {
    return [String(error)];
  } finally {
    if (app.kill()) await once(app, 'exit');
  }
}

/** Where it listens, once it does. @param {import('node:child_process').ChildProcessWithoutNullStreams} app */
function listening(app) {
  let printed = '';
  return new Promise((/** @type {(url: string) => void} */ resolve, reject) => {
    const tooLate = setTimeout(() => app.kill(), BOOT_MS);
    app.stderr.on('data', (data) => (printed += data));
    app.stdout.on('data', (data) => {
      const url = /listening on (\S+)/.exec((printed += data))?.[1];
      if (url === undefined) return;
      clearTimeout(tooLate);
      resolve(url);
    });
    app.on('exit', () => {
      clearTimeout(tooLate);
      reject(new Error(`It ended, or took too long:\n${printed}`));
    });
  });
}
