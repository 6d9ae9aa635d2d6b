import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, NEST_11 } from './installed-package.js';
import { compile, start } from './running-app.js';

const SLOW = 120_000;
const run = promisify(execFile);
const source = fileURLToPath(new URL('./app.ts', import.meta.url));
const ADA = { Authorization: 'Bearer token-of-ada' };

describe.each([
  { major: 12, from: undefined },
  { major: 11, from: NEST_11 },
])('a minified bundle for Nest $major', ({ from }) => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install(['class-validator'], from);
    const text = compile(await readFile(source, 'utf8'), ts.ModuleKind.ESNext);
    await writeFile(join(installation.folder, 'app.mjs'), text);
  }, SLOW);
  afterAll(() => installation?.remove());

  /** Everything is in it but Nest's packages, or but all packages. */
  async function bundle(format: 'es' | 'cjs', external: RegExp, keepNames: boolean) {
    const bundled = await rolldown({
      cwd: installation.folder,
      input: 'app.mjs',
      platform: 'node',
      external,
    });
    const file = join(installation.folder, format === 'es' ? 'bundle.mjs' : 'bundle.cjs');
    await bundled.write({ file, format, minify: true, keepNames });
    await bundled.close();
    return file;
  }

  describe.each([
    ['an ES module', 'es'],
    ['CommonJS', 'cjs'],
  ] as const)('as %s', (_kind, format) => {
    const contents: [string, RegExp][] = [
      ['beside its packages', /^[^./]/],
      ['that holds this package', /^(?!nestjs-security)[^./]/],
    ];

    it.each(contents)(
      '%s should not boot, and say that names were minified',
      async (_what, external) => {
        const file = await bundle(format, external, false);
        const { stderr } = await run(process.execPath, [file], { timeout: SLOW }).then(
          () => expect.unreachable('it boots'),
          (error: { stderr: string }) => error,
        );
        // Which name a bundler chooses is chance: documents allow none with a `$`.
        expect(stderr).toMatch(
          /look minified: \w+ \(oauth2\)\. Set schemeName|name of its class, "[\w$]+": set schemeName\. If a bundler minified/,
        );
      },
      SLOW,
    );

    it.each(contents)(
      '%s should serve where the bundler keeps names',
      async (_what, external) => {
        const running = await start(await bundle(format, external, true));
        try {
          const { status } = await fetch(`${running.url}/me`, { headers: ADA });
          expect(status).toBe(200);
          expect((await fetch(`${running.url}/me`)).status).toBe(401);
        } finally {
          await running.stop();
        }
      },
      SLOW,
    );
  });
});
