import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USAGE } from '../../lib/cli/audit-command.js';
import { BuiltCommand } from './built-command.js';
import { JSON_ROUTES, MARKDOWN, TEXT } from './expected-audit.js';

let command: BuiltCommand;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);
afterAll(() => command.remove());

describe('the nestjs-security command', { timeout: 30_000 }, () => {
  it('is a script of Node', async () => {
    expect(await command.firstLine()).toBe('#!/usr/bin/env node');
  });

  it('prints the table and nothing else', async () => {
    expect(await command.run('audit', 'fixtures/shop.js')).toStrictEqual({
      stdout: `${TEXT}\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  it('prints JSON that a machine can read', async () => {
    const { stdout, stderr } = await command.run('audit', 'fixtures/shop.js', '--format', 'json');
    expect(JSON.parse(stdout)).toStrictEqual(JSON_ROUTES);
    expect(stderr).toBe('');
  });

  it('prints JSON that a machine can read, whatever the application logs', async () => {
    const { stdout } = await command.run('audit', 'fixtures/logging.js', '--format', 'json');
    expect(stdout.slice(0, 2)).toBe('[\n');
    expect(JSON.parse(stdout)).toStrictEqual(JSON_ROUTES);
  });

  it('exits with 1 on an open route, its table printed', async () => {
    const args = ['audit', 'fixtures/shop.js', '--strict', '--format', 'markdown'];
    expect(await command.run(...args)).toStrictEqual({
      stdout: `${MARKDOWN}\n`,
      stderr: '',
      exitCode: 1,
    });
  });

  it('asks createApp() for prefix and versions', async () => {
    const { stdout, exitCode } = await command.run('audit', './fixtures/application.js');
    expect(stdout).toContain('GET     /api/v1/orders/:id');
    expect(stdout).toContain('GET     /v1/health');
    expect(exitCode).toBe(0);
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
  ])('exits with 2 and its usage on %s', async (_case, args, message) => {
    expect(await command.run(...args)).toStrictEqual({
      stdout: '',
      stderr: `${message}\n\n${USAGE}\n`,
      exitCode: 2,
    });
  });

  it.each([
    ['does not boot', 'misdeclared', 'Wrong.read has @Scopes() on Wrong.read but no requirement'],
    ['does not import AuthModule', 'open-door', 'AuthModule'],
  ])('fails on an application that %s, and says why', async (_case, fixture, reason) => {
    const { stdout, stderr, exitCode } = await command.run('audit', `fixtures/${fixture}.js`);
    expect(stdout).toBe('');
    expect(stderr).toContain(reason);
    expect(exitCode).toBeGreaterThan(0);
  });
});
