import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { format } from 'prettier';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { rule, scheme } from '../../lib/schematics/index.js';
import { adapters, createApp } from '../support/adapters.js';
import { DiskTree, rootModule } from './disk-tree.js';

const TYPES = ['bearer', 'oauth2', 'api-key', 'basic'] as const;
const CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { Authorize, Security } from 'nestjs-security';
import { UserToken } from './auth/user-token/user-token.scheme.js';
import { OwnsNote } from './owns-note/owns-note.rule.js';

@Controller()
@Security(UserToken)
export class AppController {
  @Get()
  @Authorize(OwnsNote)
  read() {
    return 'read';
  }
}
`;

const trees = TYPES.map((type) => {
  const tree = new DiskTree({
    ...rootModule(
      `{ imports: [AuthModule.forRoot({ schemes: [] })], controllers: [AppController] }`,
    ),
    'package.json': '{ "type": "module" }',
    'src/app.controller.ts': CONTROLLER,
  });
  const module = tree.read('src/app.module.ts')!.toString();
  tree.overwrite(
    'src/app.module.ts',
    `import { AppController } from './app.controller.js';\n${module}`,
  );
  scheme({ name: 'auth/user-token', type })(tree, tree.context);
  rule({ name: 'owns-note' })(tree, tree.context);
  return { type, tree };
});

// The generated specs use the globals of Jest.
Object.assign(globalThis, { describe, it, expect });
afterAll(() => {
  for (const name of ['describe', 'it', 'expect']) Reflect.deleteProperty(globalThis, name);
  for (const { tree } of trees) tree.remove();
});

for (const { type, tree } of trees) {
  describe(`what is generated for ${type}`, { timeout: 60_000 }, async () => {
    await import(join(tree.folder, 'src/auth/user-token/user-token.scheme.spec.ts'));
    await import(join(tree.folder, 'src/owns-note/owns-note.rule.spec.ts'));

    it('should be registered, and refuse whoever comes', async () => {
      expect(tree.said).toEqual([]);
      const { AppModule } = (await import(join(tree.folder, 'src/app.module.ts'))) as {
        AppModule: Type;
      };
      const { app, url } = await createApp(adapters[0]!, AppModule);
      const answer = await fetch(url);
      await app.close();
      expect([answer.status, answer.headers.has('www-authenticate')]).toEqual([401, true]);
    });
  });
}

it('should generate what the prettier of the Nest CLI leaves as it is', async () => {
  const options = { singleQuote: true, trailingComma: 'all', parser: 'typescript' } as const;
  for (const { tree } of trees)
    for (const file of ts.sys.readDirectory(tree.folder, ['.scheme.ts', '.rule.ts', '.spec.ts'])) {
      const text = readFileSync(file, 'utf8');
      expect(await format(text, options)).toBe(text);
    }
});

it('should generate what compiles as strictly as it can be', { timeout: 60_000 }, () => {
  const files = trees.flatMap(({ tree }) =>
    ts.sys.readDirectory(tree.folder, ['.ts']).filter((file) => !file.endsWith('.spec.ts')),
  );
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
    ts.sys,
    '.',
  );
  const program = ts.createProgram(files, options);
  const problems = files.flatMap((file) => [
    ...program.getSemanticDiagnostics(program.getSourceFile(file)),
    ...program.getSyntacticDiagnostics(program.getSourceFile(file)),
  ]);
  expect(
    problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  ).toEqual([]);
});
