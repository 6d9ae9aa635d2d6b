import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { compile, type RunningProcess, start } from './running-app.js';
import { type Installation, install } from './installed-package.js';

const SLOW = 120_000;
const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('the tarball', () => {
  it('should hold both builds, the manifest and the documents, and nothing else', async () => {
    const { stdout } = await run('tar', ['-tzf', inject('tarball')]);
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    const others = [
      'package.json',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'LICENSE',
      'dist/cjs/package.json',
      'dist/cjs/LICENSE.jose.md',
      'dist/schematics/collection.json',
      'dist/schematics/rule.schema.json',
      'dist/schematics/scheme.schema.json',
    ];
    expect(files).toEqual(
      expect.arrayContaining([...others, 'dist/index.js', 'dist/cjs/index.js']),
    );
    const built = /^dist\/.+\.(js|d\.ts)$/;
    expect(files.filter((file) => !others.includes(file) && !built.test(file))).toEqual([]);
  });
});

describe('what is published', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install();
  }, SLOW);
  afterAll(() => installation?.remove());

  it('should import no package that it does not ask for, nor seem to', async () => {
    const folder = join(installation.folder, 'node_modules/nestjs-security');
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const files = await readdir(join(folder, 'dist'), { recursive: true });
    const texts = await Promise.all(
      files
        .filter((name) => /\.(js|d\.ts)$/.test(name))
        .map((name) => readFile(join(folder, 'dist', name), 'utf8')),
    );
    const imports = /^(?:import|export)\b[^'"]*?\bfrom ['"]([^.'"][^'"]*)['"]/gm;
    const imported = texts
      .flatMap((text) => [...text.matchAll(imports)].map(([, specifier]) => specifier!))
      .filter((specifier) => !isBuiltin(specifier))
      .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
    const { name, dependencies, peerDependencies } = manifest;
    const asked = [name, ...Object.keys({ ...dependencies, ...peerDependencies })];
    expect([...new Set(imported)].filter((each) => !asked.includes(each))).toEqual([]);
    expect(imported).toContain('@nestjs/common');
  });

  // terser's and swc's keep_classnames keep the name of a class, and not that of the variable that holds one.
  it('should have classes with names, which minifiers can keep', async () => {
    const dist = join(installation.folder, 'node_modules/nestjs-security/dist');
    const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(files.map((name) => readFile(join(dist, name), 'utf8')));
    const classes = texts.flatMap((text) => text.match(/^\w+ [\w$]+ = class\b.*/gm) ?? []);
    expect(classes).toContain('var SecurityScheme = class SecurityScheme {');
    expect(classes.filter((line) => /= class(?: extends .*)? \{/.test(line))).toEqual([]);
  });
});

describe('the build for require', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install();
  }, SLOW);
  afterAll(() => installation?.remove());

  it('should import nothing dynamically, which Jest refuses', async () => {
    const folder = join(installation.folder, 'node_modules/nestjs-security/dist/cjs');
    const files = (await readdir(folder, { recursive: true })).filter((name) =>
      name.endsWith('.js'),
    );
    const imports = (node: ts.Node): boolean =>
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) ||
      ts.forEachChild(node, imports) === true;
    const importing = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(join(folder, name), 'utf8');
        return imports(ts.createSourceFile(name, text, ts.ScriptTarget.Latest)) ? name : [];
      }),
    );
    expect(files).toContain('index.js');
    expect(importing.flat()).toEqual([]);
  });
});

describe.each([
  { kind: 'an ES module', file: 'app.mjs', module: ts.ModuleKind.ESNext },
  { kind: 'CommonJS', file: 'app.cjs', module: ts.ModuleKind.CommonJS },
])('an application that is $kind', ({ file, module }) => {
  let installation: Installation;
  let running: RunningProcess;

  beforeAll(async () => {
    installation = await install(['class-validator']);
    const app = join(installation.folder, file);
    await writeFile(app, compile(await readFile(here('./app.ts'), 'utf8'), module));
    running = await start(app);
  }, SLOW);

  afterAll(async () => {
    await running?.stop();
    await installation?.remove();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(running.url + path, { headers });

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

  it.each([
    ['username=ada&password=x', 200],
    ['username=%ff&password=x', 400],
    ['username=caf%E9&password=x', 400],
    ['username=a%&password=x', 400],
    [Buffer.from('username=caf\xe9&password=x', 'latin1'), 400],
    [Buffer.from('username=café&password=x'), 200],
  ])('should refuse a form that is wrongly encoded: %s', async (form, status) => {
    const body = new Blob([form], { type: 'application/x-www-form-urlencoded' });
    const response = await fetch(`${running.url}/token`, { method: 'POST', body });
    expect(response.status).toBe(status);
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
    installation = await install(optional);
    await copyFile(here('./loaded-modules.mjs'), join(installation.folder, 'loaded-modules.mjs'));
  }, SLOW);
  afterAll(() => installation?.remove());

  /** Which of the optional packages Node loads to import this one. */
  async function loads(specifier: string): Promise<string[]> {
    const script = join(installation.folder, 'loaded-modules.mjs');
    const { stdout } = await run(process.execPath, [script, specifier], {
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
