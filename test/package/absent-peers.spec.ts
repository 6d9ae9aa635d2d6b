import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installBare } from './bare-installation.js';
import { type Installation, NEST_11, NEST_12 } from './installed-package.js';
import { compile, type RunningProcess, start } from './running-app.js';

const SLOW = 120_000;
const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const OPTIONAL = [
  '@nestjs/graphql',
  '@nestjs/microservices',
  '@nestjs/swagger',
  '@nestjs/testing',
  '@nestjs/websockets',
  '@rekog/mcp-nest',
  'class-validator',
  'graphql',
  'jose',
  'typescript',
];

/** Prints what importing each of the arguments ends with. */
const IMPORTING = `
  for (const specifier of process.argv.slice(2)) {
    const ending = await import(specifier).then(() => 'loaded', ({ message }) => message);
    console.log(JSON.stringify([specifier, ending]));
  }
`;
const REQUIRING = `
  for (const specifier of process.argv.slice(2)) {
    let ending = 'loaded';
    try { require(specifier); } catch ({ message }) { ending = message; }
    console.log(JSON.stringify([specifier, ending]));
  }
`;

const esModules = {
  kind: 'ES modules',
  extension: 'mjs',
  module: ts.ModuleKind.ESNext,
  loading: IMPORTING,
};
const commonJS = {
  kind: 'CommonJS',
  extension: 'cjs',
  module: ts.ModuleKind.CommonJS,
  loading: REQUIRING,
};

describe.each([
  { major: 12, from: NEST_12, kinds: [esModules, commonJS] },
  { major: 11, from: NEST_11, kinds: [commonJS] },
])('without any optional peer, on Nest $major,', ({ from, kinds }) => {
  let installation: Installation;
  beforeAll(async () => (installation = await installBare(from)), SLOW);
  afterAll(() => installation?.remove());

  const write = async (name: string, text: string) => {
    const file = join(installation.folder, name);
    await writeFile(file, text);
    return file;
  };
  const application = async (name: string, extension: string, module: ts.ModuleKind) =>
    write(`${name}.${extension}`, compile(await readFile(here(`./${name}.ts`), 'utf8'), module));

  it('none should be installed here', () => {
    const modules = join(installation.folder, 'node_modules');
    expect(OPTIONAL.filter((name) => existsSync(join(modules, name)))).toEqual([]);
    expect(existsSync(join(modules, 'nestjs-security'))).toBe(true);
  });

  describe.each(kinds)('$kind', ({ extension, module, loading }) => {
    describe('of an application', () => {
      let running: RunningProcess;
      beforeAll(async () => {
        running = await start(await application('bare-app', extension, module));
      }, SLOW);
      afterAll(() => running?.stop());

      it.each<[string, string, Record<string, string>, number, string | null]>([
        ['a token', '/me', { Authorization: 'Bearer ada' }, 200, null],
        ['nothing', '/me', {}, 401, 'Bearer'],
        [
          'a wrong token',
          '/me',
          { Authorization: 'Bearer eve' },
          401,
          'Bearer error="invalid_token"',
        ],
        [
          'too few scopes',
          '/items',
          { Authorization: 'Bearer ada' },
          403,
          'Bearer error="insufficient_scope", scope="items"',
        ],
        ['nothing where nothing is asked', '/open', {}, 200, null],
      ])('should answer %s', async (_sent, path, headers, status, challenge) => {
        const response = await fetch(running.url + path, { headers });
        expect(response.status).toBe(status);
        expect(response.headers.get('WWW-Authenticate')).toBe(challenge);
      });
    });

    it('should load, or name in a line what they need', { timeout: SLOW }, async () => {
      const needed: Record<string, string | undefined> = {
        '': undefined,
        '/api-keys': undefined,
        '/graphql': undefined,
        '/mcp': undefined,
        '/microservices': '@nestjs/microservices',
        '/openapi': '@nestjs/swagger',
        '/redis': undefined,
        '/testing': undefined,
        '/token-endpoint': undefined,
        '/tokens': 'jose',
        '/websockets': '@nestjs/websockets',
      };
      const script = await write(`loading.${extension}`, loading);
      const specifiers = Object.keys(needed).map((path) => `nestjs-security${path}`);
      const { stdout } = await run(process.execPath, [script, ...specifiers]);
      const endings = stdout.trim().split('\n');
      expect(endings.map((line) => JSON.parse(line) as unknown)).toEqual(
        Object.entries(needed).map(([path, name]) => [
          `nestjs-security${path}`,
          name === undefined
            ? 'loaded'
            : expect.stringMatching(new RegExp(`^Cannot find (package|module) '${name}'`)),
        ]),
      );
    });

    it(
      'should not boot where forms are read, and name class-validator',
      { timeout: SLOW },
      async () => {
        const app = await application('app', extension, module);
        const { stderr } = await run(process.execPath, [app], { timeout: SLOW }).then(
          () => expect.unreachable('it boots'),
          (error: { stderr: string }) => error,
        );
        expect(stderr).toContain(
          'needs class-validator, which could not be loaded: npm install class-validator',
        );
      },
    );
  });

  it(
    'the command should name the package that migrate reads code with',
    { timeout: SLOW },
    async () => {
      await mkdir(join(installation.folder, 'src'));
      const command = join(installation.folder, 'node_modules/nestjs-security/dist/cli/main.js');
      const { stderr, code } = await run(process.execPath, [command, 'migrate', 'src'], {
        cwd: installation.folder,
      }).then(
        () => expect.unreachable('it reads it'),
        (error: { stderr: string; code: number }) => error,
      );
      expect(code).not.toBe(0);
      expect(stderr.trim().split('\n')).toEqual([
        expect.stringContaining(
          'TypeScript, which is not installed: npm install --save-dev typescript',
        ),
      ]);
    },
  );
});
