import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USAGE } from '../../lib/cli/command-line.js';
import { BuiltCommand } from './built-command.js';
import { JSON_ROUTES, MARKDOWN, TEXT } from './expected-audit.js';

let command: BuiltCommand;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);
afterAll(() => command.remove());

describe('nestjs-security audit', { timeout: 60_000 }, () => {
  it('is a script of Node', async () => {
    expect(await command.firstLine()).toBe('#!/usr/bin/env node');
  });

  it('does not mind that nobody reads what it prints', async () => {
    expect(await command.runUnread('--help')).toStrictEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });

  it('prints the table and nothing else', async () => {
    expect(await command.run('audit', 'fixtures/shop.js')).toStrictEqual({
      stdout: `${TEXT}\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  it.each(['shop', 'logging'])('prints JSON that a machine can read: %s', async (name) => {
    const { stdout } = await command.run('audit', `fixtures/${name}.js`, '--format', 'json');
    expect(stdout.slice(0, 2)).toBe('[\n');
    expect(JSON.parse(stdout)).toStrictEqual(JSON_ROUTES);
  });

  it('shows what the application logs where it is asked to', async () => {
    const quiet = await command.run('audit', 'fixtures/logging.js');
    const verbose = await command.run('audit', 'fixtures/logging.js', '--verbose');
    expect(quiet).toStrictEqual({ stdout: `${TEXT}\n`, stderr: '', exitCode: 0 });
    expect(verbose.stdout).toBe(quiet.stdout);
    expect(verbose.stderr).toContain('Open, because nothing is declared: Various.forgotten');
  });

  it('exits with 1 on an open route where that is forbidden, its table printed', async () => {
    const args = ['audit', 'fixtures/shop.js', '--strict', '--format', 'markdown'];
    expect(await command.run(...args)).toStrictEqual({
      stdout: `${MARKDOWN}\n`,
      stderr: '',
      exitCode: 1,
    });
    expect(await command.run('audit', 'fixtures/only.js', '--strict')).toMatchObject({
      exitCode: 0,
    });
  });

  it('compares with a baseline that it wrote', async () => {
    const { stdout } = await command.run('audit', 'fixtures/shop.js', '--format', 'json');
    const same = await command.write('policy.json', stdout);
    const compared = await command.run('audit', 'fixtures/shop.js', '--baseline', same);
    expect(compared).toMatchObject({ exitCode: 0, stderr: '' });
    expect(compared.stdout).toBe(`${TEXT}\n\nChanged since the baseline:\n  nothing\n`);

    const closed = stdout.replace('"public"', '"protected"').replace('"anonymous"', '"Key"');
    const args = ['audit', 'fixtures/shop.js', '--format', 'json', '--baseline'];
    const opened = await command.run(...args, await command.write('closed.json', closed));
    expect(opened).toStrictEqual({
      stdout,
      stderr: 'GET /health: protected by Key, now more open: public\n',
      exitCode: 1,
    });
  });

  it.each([
    ['--help', `${USAGE}\n`],
    ['--version', /^\d+\.\d+\.\d+\S*\n$/],
  ])('answers %s', async (option, expected) => {
    const { stdout, stderr, exitCode } = await command.run(option);
    if (typeof expected === 'string') expect(stdout).toBe(expected);
    else expect(stdout).toMatch(expected);
    expect([stderr, exitCode]).toStrictEqual(['', 0]);
  });
});

describe('the application that is audited', { timeout: 60_000 }, () => {
  const ROUTES = TEXT.replace(/\n.*$/s, '');
  const handlersIn = (stdout: string) => stdout.match(/^[A-Z]+ +\/\S*/gm);

  it.each<[string, string[], string[]]>([
    ['the only module', ['only.js'], ['GET     /first']],
    ['the module that is named', ['several.js', '--module', 'SecondModule'], ['GET     /second']],
    ['a module of CommonJS', ['commonjs.cjs'], ['GET     /common']],
    [
      'what createApp() returns',
      ['application.js'],
      [
        'GET     /api/v1/forgotten',
        'POST    /api/v1/orders',
        'GET     /api/v1/orders/:id',
        'GET     /v1/health',
      ],
    ],
    [
      'the module and not the application, where one is named',
      ['application.js', '--module', 'AppModule'],
      ['GET     /forgotten', 'GET     /health', 'POST    /orders', 'GET     /orders/:id'],
    ],
  ])('is %s', async (_what, [file, ...options], expected) => {
    const { stdout } = await command.run('audit', `fixtures/${file}`, ...options);
    expect(handlersIn(stdout)).toStrictEqual(expected);
  });

  const PREFIXED = [
    'GET     /api/forgotten',
    'GET     /api/health',
    'POST    /api/orders',
    'GET     /api/orders/:id',
  ];

  it('is the one that the file starts, which opens no port', async () => {
    // A port that is taken ends an application that would listen there.
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as AddressInfo).port);
    const env = { PORT: port, METRICS_PORT: port };
    const { stdout, stderr, exitCode } = await command.runWith(env, 'audit', 'fixtures/starts.js');
    taken.close();
    expect(handlersIn(stdout)).toStrictEqual(PREFIXED);
    expect([stderr, exitCode]).toStrictEqual(['', 0]);
  });

  it('is the first of several that has AuthModule', async () => {
    const args = ['audit', 'fixtures/one-after-another.js'];
    const { stdout, stderr, exitCode } = await command.run(...args);
    expect(handlersIn(stdout)).toStrictEqual(PREFIXED);
    expect([stderr, exitCode]).toStrictEqual(['', 0]);
  });

  it('is that of the workers of a cluster, none of which is started', async () => {
    const { stdout, stderr, exitCode } = await command.run('audit', 'fixtures/clusters.js');
    expect(handlersIn(stdout)).toStrictEqual(PREFIXED);
    expect([stderr, exitCode]).toStrictEqual(['', 0]);
  });

  it.each([
    ['esm', 'files'],
    ['cjs', 'packages'],
  ] as const)('is that of a bundle: %s with its own %s', async (format, own) => {
    const file = await command.bundle('fixtures/starts.js', format, own);
    const { stdout, exitCode } = await command.run('audit', file);
    expect(handlersIn(stdout)).toStrictEqual(PREFIXED);
    expect(exitCode).toBe(0);
  });

  it('may tell who started it what it likes', async () => {
    const { stdout, stderr, exitCode } = await command.run(
      'audit',
      'fixtures/tells-its-manager.js',
    );
    expect(stdout).toBe(`${TEXT}\n`);
    expect([stderr, exitCode]).toStrictEqual(['', 0]);
  });

  it('is closed', async () => {
    const { stderr } = await command.run('audit', 'fixtures/application.js');
    expect(stderr).toBe('closed\n');
  });

  it('opens no port in its threads and processes', async () => {
    const { stdout, stderr, exitCode } = await command.run(
      'audit',
      'fixtures/listens-elsewhere.js',
    );
    expect(stderr.split('\n').sort()).toStrictEqual([
      '',
      'process: port none',
      'thread: port none',
    ]);
    expect(stdout.split('\n')[0]).toBe(ROUTES);
    expect(exitCode).toBe(0);
  });

  it('is ended where it does not close', async () => {
    const { stdout, exitCode } = await command.run('audit', 'fixtures/restless.js');
    expect(stdout.split('\n')[0]).toBe(ROUTES);
    expect(exitCode).toBe(0);
  });
});

describe('an application with a database', { timeout: 60_000 }, () => {
  const connections: unknown[] = [];
  const database = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {});
  });
  let env: Record<string, string>;

  beforeAll(async () => {
    await once(database.listen(0, '127.0.0.1'), 'listening');
    env = { DATABASE_PORT: String((database.address() as AddressInfo).port) };
  });
  afterAll(() => void database.close());

  const audit = (module: string, given = env) => {
    connections.length = 0;
    return command.runWith(given, 'audit', 'fixtures/connects.js', '--module', module);
  };

  it('is audited without it', async () => {
    const { stdout, exitCode } = await audit('Keeps');
    expect(stdout).toContain('GET     /users  Users.list  protected  Key');
    expect(exitCode).toBe(0);
    expect(connections).toHaveLength(0);
  });

  it('that its rules depend on is audited without it', async () => {
    const { stdout, exitCode } = await audit('Rules');
    expect(stdout).toMatch(/Requirement +Scopes +Rules +Declared at/);
    expect(stdout).toMatch(/names\/:name  Names.read  protected  Key +Known to the database\./);
    expect(exitCode).toBe(0);
    expect(connections).toHaveLength(0);
  });

  it.each([
    ['AsksAtOnce', 'AskingUsers.list', 'Asks', 'Database.names'],
    ['Decides', 'Users.list', 'Key', 'Database'],
  ])('that its declarations depend on is audited with it: %s', async (...row) => {
    const [module, handler, scheme, asked] = row;
    const { stdout, exitCode } = await audit(module);
    expect(stdout).toMatch(new RegExp(`/users  ${handler} +protected +${scheme}`));
    expect(exitCode).toBe(0);
    expect(connections).toHaveLength(1);

    const { stderr, ...failed } = await audit(module, { DATABASE_PORT: '1' });
    expect(failed).toStrictEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toBe(
      `connect ECONNREFUSED 127.0.0.1:1\nThe application was started with its connections, since it connects to 127.0.0.1:1, and uses ${asked} while it starts\n`,
    );
  });
});

describe('an application that cannot be audited', { timeout: 60_000 }, () => {
  it.each([
    [
      'does not boot',
      ['misdeclared.js'],
      'Wrong.read has @Scopes() on Wrong.read but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()',
    ],
    [
      'does not import AuthModule',
      ['open-door.js'],
      'The application does not import AuthModule: import AuthModule.forRoot() in its root module',
    ],
    [
      'ends the process while it loads',
      ['exits-at-once.js'],
      'The application ended the process (exit code 0) before it could be audited: it waited for the file fixtures/exits-at-once.js to load',
    ],
    [
      'ends the process in a hook',
      ['exits-in-hook.js'],
      'The application ended the process (exit code 0) before it could be audited: it waited for the application to start',
    ],
    [
      'ends the process, as Nest does without a package',
      ['misses-package.js'],
      'The application ended the process (exit code 1) before it could be audited: it waited for the application to start. The last error in its log: The "@nestjs/absent" package is missing. Please, make sure to install it to use AbsentModule.',
    ],
    [
      'never has loaded',
      ['never-loads.js'],
      'It waits for the file fixtures/never-loads.js to load, and nothing is left that could settle it',
    ],
    [
      'waits for a provider that never comes',
      ['never-settles.js', '--module', 'InProvider'],
      'It waits for the provider DATABASE of InProvider, and nothing is left that could settle it',
    ],
    [
      'waits for a hook that never ends',
      ['never-settles.js', '--module', 'InHook'],
      'It waits for InHook.onModuleInit(), and nothing is left that could settle it',
    ],
    [
      'waits for a provider while something else goes on',
      ['never-settles.js', '--module', 'InProviderBesideATimer', '--timeout', '15'],
      'The application did not start within 15 s: it waits for the provider DATABASE of InProvider. Give it longer with --timeout',
    ],
    [
      'never comes to rest',
      ['never-settles.js', '--module', 'Busy', '--timeout', '15'],
      'The application did not start within 15 s: it waits for the application to start. Give it longer with --timeout',
    ],
  ])('since it %s: exits with 3 and says so in a line', async (_why, [file, ...options], line) => {
    expect(await command.run('audit', `fixtures/${file}`, ...options)).toStrictEqual({
      stdout: '',
      stderr: `${line}\n`,
      exitCode: 3,
    });
  });

  it.each([
    [
      'throws what is no error',
      'throws-null.mjs',
      'throw null;',
      'throws-null.mjs cannot be loaded: It threw null, which is no error',
    ],
    [
      'throws while it loads',
      'throws.cjs',
      `throw new Error('No settings');`,
      'throws.cjs cannot be loaded: No settings',
    ],
    [
      'is no JavaScript, as an ES module',
      'syntax.mjs',
      'this is (',
      "syntax.mjs cannot be loaded: Unexpected identifier 'is'",
    ],
    [
      'has a createApp() that never settles',
      'never.mjs',
      'export const createApp = () => new Promise(() => {});',
      'It waits for createApp() of never.mjs, and nothing is left that could settle it',
    ],
  ])('since its file %s: exits with 3 and names the file', async (_why, name, text, line) => {
    await command.write(name, text);
    expect(await command.run('audit', name)).toStrictEqual({
      stdout: '',
      stderr: `${line}\n`,
      exitCode: 3,
    });
  });

  it('names the place of a syntax error where Node tells it', async () => {
    const { stderr } = await command.run('audit', await command.write('bad.cjs', '\nthis is ('));
    expect(stderr).toMatch(/^bad\.cjs cannot be loaded: Unexpected .+ \(\/.+\/bad\.cjs:2\)\n$/);
  });

  it('is told what to name where its file is TypeScript', async () => {
    const file = await command.write('source.ts', '@decorated class Source {}');
    const { stderr } = await command.run('audit', file);
    expect(stderr).toMatch(
      /^source\.ts cannot be loaded: [^]+: name the compiled file, such as dist\/main\.js\n$/m,
    );
  });

  it('is told why where it has its own copy of Nest, which would end the process', async () => {
    const file = await command.bundle('fixtures/starts-misdeclared.js', 'esm', 'packages');
    const { stderr, exitCode } = await command.run('audit', file);
    expect(stderr).toMatch(/^Wrong\.read has @Scopes\(\) on Wrong\.read but no requirement/m);
    expect(stderr).not.toContain('ended the process');
    expect(exitCode).toBe(3);
  });

  it('shows where an error comes from where it is asked to', async () => {
    const { stderr } = await command.run('audit', 'fixtures/misdeclared.js', '--verbose');
    expect(stderr).toMatch(/^ConfigurationError: Wrong\.read has @Scopes\(\)[\s\S]+\n +at /m);
  });

  it.each([
    ['no arguments', [], 'Unknown command'],
    [
      'a missing file',
      ['audit', 'gone.js'],
      'There is no file gone.js: build the application first',
    ],
    [
      'several modules',
      ['audit', 'fixtures/several.js'],
      'The file exports FirstModule, SecondModule: choose one with --module',
    ],
    [
      'an unknown module',
      ['audit', 'fixtures/shop.js', '--module', 'Other'],
      'The file exports AppModule: choose one with --module',
    ],
    [
      'a file without an application',
      ['audit', 'fixtures/empty.js'],
      'The file fixtures/empty.js exports no module and starts no application: name your main.js, or the file of the root module',
    ],
    [
      'a createApp() that gives something else',
      ['audit', 'five.mjs'],
      'createApp() of five.mjs gives no application: let it return what NestFactory.create() gives',
    ],
    [
      'a baseline that is not there',
      ['audit', 'fixtures/shop.js', '--baseline', 'gone.json'],
      'The baseline gone.json cannot be read: write it with --format json',
    ],
  ])('is not looked at with %s: exits with 2', async (_case, args, message) => {
    await command.write('five.mjs', 'export const createApp = () => 5;');
    expect(await command.run(...args)).toStrictEqual({
      stdout: '',
      stderr: `${message}\nSee nestjs-security --help\n`,
      exitCode: 2,
    });
  });
});
