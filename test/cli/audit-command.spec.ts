import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { auditCommand, USAGE } from '../../lib/cli/audit-command.js';
import { UsageError } from '../../lib/cli/usage.error.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { JSON_ROUTES, MARKDOWN, TEXT } from './expected-audit.js';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
const shop = fixture('shop');

const pathsIn = (output: string) =>
  (JSON.parse(output) as { method: string; path: string }[]).map(
    ({ method, path }) => `${method} ${path}`,
  );

describe('nestjs-security audit', () => {
  it.each([[[]], [['--format', 'text']], [['--format=text']]])(
    'prints a table and a summary: %j',
    async (options) => {
      expect(await auditCommand(['audit', shop, ...options])).toStrictEqual({
        output: TEXT,
        exitCode: 0,
      });
    },
  );

  it('prints JSON', async () => {
    const { output, exitCode } = await auditCommand(['audit', shop, '--format', 'json']);
    expect(JSON.parse(output)).toStrictEqual(JSON_ROUTES);
    expect(exitCode).toBe(0);
  });

  it('prints Markdown', async () => {
    expect(await auditCommand(['audit', shop, '--format', 'markdown'])).toStrictEqual({
      output: MARKDOWN,
      exitCode: 0,
    });
  });

  it('takes its options before the file', async () => {
    expect(await auditCommand(['--format', 'markdown', 'audit', shop])).toMatchObject({
      output: MARKDOWN,
    });
  });

  it.each(['text', 'json', 'markdown'])(
    'exits with 1 when a route is open and that is forbidden: %s',
    async (format) => {
      const strict = await auditCommand(['audit', shop, '--strict', '--format', format]);
      const lenient = await auditCommand(['audit', shop, '--format', format]);
      expect(strict).toStrictEqual({ ...lenient, exitCode: 1 });
    },
  );

  it('exits with 0 when no route is open', async () => {
    const { exitCode } = await auditCommand(['audit', fixture('only'), '--strict']);
    expect(exitCode).toBe(0);
  });

  it('audits the only module, whatever its name', async () => {
    const { output } = await auditCommand(['audit', fixture('only'), '--format', 'json']);
    expect(pathsIn(output)).toStrictEqual(['GET /first']);
  });

  it.each([
    ['FirstModule', 'GET /first'],
    ['SecondModule', 'GET /second'],
  ])('audits the module it is told to: %s', async (name, route) => {
    const args = ['audit', fixture('several'), '--module', name, '--format', 'json'];
    expect(pathsIn((await auditCommand(args)).output)).toStrictEqual([route]);
  });

  it('asks the application for its prefix and versions, and closes it', async () => {
    const file = fixture('application');
    const application: { closed: number } = await import(pathToFileURL(file).href);
    const before = application.closed;
    const args = ['audit', file, '--format', 'json'];
    expect(pathsIn((await auditCommand(args)).output)).toStrictEqual([
      'GET /api/v1/forgotten',
      'POST /api/v1/orders',
      'GET /api/v1/orders/:id',
      'GET /v1/health',
    ]);
    expect(application.closed).toBe(before + 1);
  });

  it('audits the module and not the application where one is named', async () => {
    const args = ['audit', fixture('application'), '--module', 'AppModule', '--format', 'json'];
    expect(pathsIn((await auditCommand(args)).output)).toContain('GET /health');
  });

  it('fails on an application that does not boot', async () => {
    await expect(auditCommand(['audit', fixture('misdeclared')])).rejects.toThrow(
      ConfigurationError,
    );
  });
});

describe('nestjs-security, called wrongly', () => {
  it.each<[string, string[], string]>([
    ['no command', [], 'Unknown command'],
    ['an unknown command', ['check', shop], 'Unknown command check'],
    ['no file', ['audit'], 'Name one module file'],
    ['two files', ['audit', shop, shop], 'Name one module file'],
    ['an unknown format', ['audit', shop, '--format', 'xml'], 'Unknown format xml'],
    [
      'a format of every object',
      ['audit', shop, '--format', 'toString'],
      'Unknown format toString',
    ],
    ['an unknown option', ['audit', shop, '--loud'], "Unknown option '--loud'"],
    ['an option without its value', ['audit', shop, '--format'], "Option '--format"],
    [
      'a missing file',
      ['audit', 'missing.js'],
      'There is no file missing.js: build the application first',
    ],
    [
      'several modules',
      ['audit', fixture('several')],
      'The file exports FirstModule, SecondModule: choose one with --module',
    ],
    [
      'an unknown module',
      ['audit', shop, '--module', 'Other'],
      'The file exports AppModule: choose one with --module',
    ],
    [
      'no module',
      ['audit', fixture('empty')],
      'The file exports no module: choose one with --module',
    ],
  ])('is told with %s', async (_case, args, message) => {
    const running = auditCommand(args);
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(message);
  });

  it('has a usage that names every option', () => {
    for (const option of ['audit <module file>', '--module', '--format', '--strict']) {
      expect(USAGE).toContain(option);
    }
  });
});
