import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, type PackedPackage, install, pack } from './installed-package.js';

const SLOW = 120_000;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let packed: PackedPackage;
beforeAll(async () => {
  packed = await pack();
}, SLOW);
afterAll(() => packed?.remove());

describe('the tarball', () => {
  it('should hold the build, the manifest and the documents, and nothing else', () => {
    const documents = ['package.json', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'];
    const isExpected = (file: string) =>
      documents.includes(file) || /^dist\/.+\.(js|js\.map|d\.ts)$/.test(file);

    expect(packed.files).toContain('dist/index.js');
    expect(packed.files).toContain('LICENSE');
    expect(packed.files.filter((file) => !isExpected(file))).toEqual([]);
  });
});

describe.each([
  { kind: 'an ES module', file: 'app.mjs', module: ts.ModuleKind.ESNext },
  { kind: 'CommonJS', file: 'app.cjs', module: ts.ModuleKind.CommonJS },
])('an application that is $kind', ({ file, module }) => {
  let installation: Installation;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    installation = await install(packed.tarball);
    const app = join(installation.folder, file);
    await writeFile(app, compile(await readFile(here('./app.ts'), 'utf8'), module));
    ({ server, url } = await start(app));
  }, SLOW);

  afterAll(async () => {
    if (server?.kill()) await once(server, 'exit');
    await installation?.remove();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { headers });

  it('should authenticate a request with a key', async () => {
    const response = await get('/service', { 'X-API-Key': 'key-of-billing' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ name: 'billing' });
  });

  it('should authenticate a request with a token', async () => {
    const response = await get('/me', { Authorization: 'Bearer token-of-ada' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ name: 'ada' });
  });

  it('should challenge a request without credentials', async () => {
    const withoutKey = await get('/service');
    expect(withoutKey.status).toBe(401);
    expect(withoutKey.headers.get('WWW-Authenticate')).toMatch(/^APIKey/);

    const withoutToken = await get('/me');
    expect(withoutToken.status).toBe(401);
    expect(withoutToken.headers.get('WWW-Authenticate')).toMatch(/^Bearer(?!.*error=)/);
  });

  it('should refuse a wrong key and a wrong token', async () => {
    const wrongKey = await get('/service', { 'X-API-Key': 'key-of-mallory' });
    expect(wrongKey.status).toBe(401);
    expect(wrongKey.headers.get('WWW-Authenticate')).toMatch(/^APIKey/);

    const wrongToken = await get('/me', { Authorization: 'Bearer token-of-mallory' });
    expect(wrongToken.status).toBe(401);
    expect(wrongToken.headers.get('WWW-Authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
  });

  it('should refuse a token without the scope', async () => {
    const response = await get('/items', { Authorization: 'Bearer token-of-ada' });
    expect(response.status).toBe(403);
    expect(response.headers.get('WWW-Authenticate')).toMatch(/error="insufficient_scope"/);
  });
});

describe('importing', () => {
  const optional = ['@nestjs/swagger', 'class-validator', 'jose'];
  let installation: Installation;
  beforeAll(async () => {
    installation = await install(packed.tarball, optional);
    await copyFile(here('./loaded-modules.mjs'), join(installation.folder, 'loaded-modules.mjs'));
  }, SLOW);
  afterAll(() => installation?.remove());

  /** Which of the optional packages Node loads to import this one. */
  async function loads(specifier: string): Promise<string[]> {
    const script = join(installation.folder, 'loaded-modules.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, specifier], {
      maxBuffer: 2 ** 26,
    });
    expect(stdout).toContain('/node_modules/nestjs-security/dist/');
    return optional.filter((name) => stdout.includes(`/node_modules/${name}/`));
  }

  it(
    'nestjs-security should load no optional package',
    async () => expect(await loads('nestjs-security')).toEqual([]),
    SLOW,
  );

  it(
    'nestjs-security/token-endpoint should load no optional package',
    async () => expect(await loads('nestjs-security/token-endpoint')).toEqual([]),
    SLOW,
  );

  it(
    'nestjs-security/openapi should load @nestjs/swagger',
    async () => expect(await loads('nestjs-security/openapi')).toContain('@nestjs/swagger'),
    SLOW,
  );
});

function compile(source: string, module: ts.ModuleKind): string {
  const target = ts.ScriptTarget.ES2023;
  return ts.transpileModule(source, {
    compilerOptions: {
      module,
      target,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
    },
  }).outputText;
}

/** Runs the application until it says where it listens; rejects with what it printed if it ends. */
async function start(app: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [app], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const url = new Promise<string>((resolve, reject) => {
    server.stderr.on('data', (data) => (printed += data));
    server.stdout.on('data', (data) => {
      printed += data;
      const listening = /listening on (\S+)/.exec(printed);
      if (listening) resolve(listening[1]!);
    });
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`${basename(app)} ended:\n${printed}`)));
  });
  return { server, url: await url };
}
