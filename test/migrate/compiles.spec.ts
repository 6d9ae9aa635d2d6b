import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';
import { CopiedApplication } from './copied-application.js';

const names = readdirSync(fileURLToPath(new URL('applications', import.meta.url)));
const applications: CopiedApplication[] = [];
afterAll(() => Promise.all(applications.map((application) => application.remove())));

it('should write what compiles', { timeout: 120_000 }, async () => {
  const changed: string[] = [];
  for (const name of names) {
    const application = await CopiedApplication.of(name);
    applications.push(application);
    const { files } = await application.migrate();
    changed.push(...files.map(({ path }) => path));
  }
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
    ts.sys,
    '.',
  );
  const program = ts.createProgram(changed, {
    ...options,
    // As applications are that Nest's command makes.
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    verbatimModuleSyntax: false,
    noImplicitOverride: false,
    // What only a guard was made with stays, as `reflector` does.
    noUnusedLocals: false,
    paths: {
      ...options.paths,
      '@/*': [join(applications[names.indexOf('use-global-guards')]!.folder, 'src/*')],
    },
    pathsBasePath: process.cwd(),
  });
  const problems = changed.flatMap((file) =>
    program.getSemanticDiagnostics(program.getSourceFile(file)),
  );
  expect(
    problems.map(({ file, messageText }) => [
      file?.fileName,
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    ]),
  ).toEqual([]);
});
