import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, NEST_11 } from './installed-package.js';
import { compile } from './running-app.js';

const SLOW = 120_000;
const source = fileURLToPath(new URL('./misdeclared.ts', import.meta.url));
const UNREGISTERED =
  'names the scheme Unknown, which is not registered: add it to the schemes of AuthModule.forRoot() or AuthModule.forFeature()';

const mistakes: [mistake: string, lines: string[]][] = [
  ['unregistered', [`NotesController.first ${UNREGISTERED}`]],
  [
    'two',
    [
      '2 handlers are declared wrongly:',
      `- NotesController.first ${UNREGISTERED}`,
      `- NotesController.second ${UNREGISTERED}`,
    ],
  ],
  [
    'none',
    [
      '@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module, or call overrideGuard(SecurityGuard) in a test without it',
    ],
  ],
  [
    'bare',
    [
      'AuthModule is imported without its options: import AuthModule.forRoot() once, in the root module',
    ],
  ],
  [
    'guardsBefore',
    [
      'AuthModule.forRoot(): guardsBefore names Throttler, which is no global guard: register it as APP_GUARD or by useGlobalGuards()',
    ],
  ],
];

describe.each([
  {
    kind: 'an ES module of Nest 12',
    file: 'app.mjs',
    module: ts.ModuleKind.ESNext,
    from: undefined,
  },
  { kind: 'CommonJS of Nest 12', file: 'app.cjs', module: ts.ModuleKind.CommonJS, from: undefined },
  { kind: 'CommonJS of Nest 11', file: 'app.cjs', module: ts.ModuleKind.CommonJS, from: NEST_11 },
])('an application declared wrongly, $kind', ({ file, module, from }) => {
  let installation: Installation;
  let app: string;
  beforeAll(async () => {
    installation = await install([], from);
    app = join(installation.folder, file);
    await writeFile(app, compile(await readFile(source, 'utf8'), module));
  }, SLOW);
  afterAll(() => installation?.remove());

  function boot(mistake: string, ...settings: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [app, mistake, ...settings], {
      encoding: 'utf8',
      timeout: SLOW,
    });
    const printed = stripVTControlCharacters(stdout + stderr)
      .split('\n')
      .filter((line) => line !== '' && !/^\[Nest\].* (LOG|WARN) /.test(line));
    return { status, printed };
  }

  it.each(mistakes)('should end, its mistake printed by the logger alone: %s', (mistake, lines) => {
    const { status, printed } = boot(mistake);
    expect(status).toBe(1);
    expect(printed[0]).toMatch(/^\[Nest\].* ERROR \[ExceptionHandler\] ConfigurationError: /);
    expect([printed[0]!.split('ConfigurationError: ')[1], ...printed.slice(1)]).toEqual(lines);
  });

  it('should end as an application context too', () => {
    const { status, printed } = boot('unregistered', '{}', 'createApplicationContext');
    expect(status).toBe(1);
    expect(printed).toEqual([expect.stringMatching(/ERROR \[ExceptionHandler\] Configuration/)]);
  });

  it.each(['{"logger":false}', '{"abortOnError":false}', '{"logger":["log"]}'])(
    'should leave the error to who starts it, created with %s',
    (settings) => {
      const { status, printed } = boot('unregistered', settings);
      expect(status).toBe(1);
      expect(printed.join('\n')).not.toContain('ExceptionHandler');
      expect(printed.filter((line) => line.includes(UNREGISTERED))).toHaveLength(1);
    },
  );
});
