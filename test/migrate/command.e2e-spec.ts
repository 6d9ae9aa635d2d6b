import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../lib/cli/command-line.js';
import { BuiltCommand } from '../cli/built-command.js';
import { CopiedApplication } from './copied-application.js';

describe('the command line of migrate', () => {
  it.each([
    [['migrate', 'src'], { command: 'migrate', folder: 'src', write: false }],
    [['migrate', 'src', '--write'], { command: 'migrate', folder: 'src', write: true }],
  ])('is understood: %j', (args, command) => {
    expect(parseCommandLine(args)).toStrictEqual(command);
  });

  it.each([[['migrate']], [['migrate', 'src', 'lib']]])('needs one folder: %j', (args) => {
    expect(() => parseCommandLine(args)).toThrow('Name one folder');
  });
});

describe('nestjs-security migrate', { timeout: 60_000 }, () => {
  let command: BuiltCommand;
  let application: CopiedApplication;
  beforeAll(async () => {
    command = await BuiltCommand.build();
    application = await CopiedApplication.of('basic');
  }, 120_000);
  afterAll(() => Promise.all([command.remove(), application.remove()]));

  it('says in a line which file it could not write', async () => {
    const source = join(application.folder, 'src');
    const inTheWay = join(source, 'basic-login.scheme.ts');
    await mkdir(inTheWay);
    const { exitCode, stderr } = await command.run('migrate', source, '--write');
    await rmdir(inTheWay);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^.+basic-login\.scheme\.ts could not be written: EISDIR: .+\n$/);
  });

  it('prints what it would do, does it where it is told to, and then has nothing to do', async () => {
    const source = join(application.folder, 'src');
    const before = await application.files();
    const printed = await command.run('migrate', source);
    expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed.stdout).toContain('+@Security(BasicLogin)\n');
    expect(await application.files()).toEqual(before);
    const written = await command.run('migrate', source, '--write');
    expect(written.stdout).toContain('\n\nDone:\n');
    expect(Object.keys(await application.files())).toContain('basic-login.scheme.ts');
    const again = await command.run('migrate', source, '--write');
    expect(again).toEqual({ exitCode: 0, stderr: '', stdout: 'Nothing to migrate.\n' });
  });

  it('says in a line why there is no migration', async () => {
    const { exitCode, stderr } = await command.run('migrate', join(application.folder, 'none'));
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^There is no TypeScript in .*none\n$/);
  });
});
