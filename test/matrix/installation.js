// @ts-check
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** Where the packages of each major version of Nest are, before those of the repository. */
const NEST = { 11: ['test/nest-11/node_modules', 'node_modules'], 12: ['node_modules'] };

/** What the application imports beside what the package itself asks for. */
const EXTRA = [
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  'class-validator',
  'jose',
];

/** Packs what `npm run build` made. @param {string} folder */
export function pack(folder) {
  const options = ['--ignore-scripts', '--silent', '--pack-destination', folder];
  return join(folder, execFileSync('npm', ['pack', ...options], { encoding: 'utf8' }).trim());
}

/**
 * An application's folder with the tarball in it, the application for both kinds of modules, and links to the packages.
 *
 * @param {11 | 12} nest
 * @param {string} tarball
 */
export function install(nest, tarball) {
  const folder = mkdtempSync(join(tmpdir(), `nestjs-security-matrix-${nest}-`));
  const installed = join(folder, 'node_modules/nestjs-security');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const name of [...requiredBy(installed), ...EXTRA])
    link(name, nest, join(folder, 'node_modules', name));
  const source = readFileSync('test/matrix/app.ts', 'utf8');
  writeFileSync(join(folder, 'app.mjs'), compile(source, ts.ModuleKind.ESNext));
  writeFileSync(join(folder, 'app.cjs'), compile(source, ts.ModuleKind.CommonJS));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** The packages that npm would install with this one. @param {string} installed */
function requiredBy(installed) {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const peers = Object.keys(manifest.peerDependencies);
  const isRequired = (/** @type {string} */ name) =>
    manifest.peerDependenciesMeta[name]?.optional !== true;
  return [...Object.keys(manifest.dependencies), ...peers.filter(isRequired)];
}

/** @param {string} name @param {11 | 12} nest @param {string} path */
function link(name, nest, path) {
  const found = NEST[nest].map((modules) => resolve(modules, name)).find(existsSync);
  if (found === undefined) throw new Error(`${name} is not installed here`);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(found, path, 'junction');
}

/** @param {string} source @param {ts.ModuleKind} module */
function compile(source, module) {
  return ts.transpile(source, {
    module,
    target: ts.ScriptTarget.ES2023,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    esModuleInterop: true,
  });
}
