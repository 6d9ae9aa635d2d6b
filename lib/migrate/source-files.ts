import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type ts from 'typescript';
import { MigrationError } from './migration.error.js';
import { Syntax } from './syntax.js';
import type { TypeScript } from './typescript.js';

const ELSEWHERE = ['**/node_modules/**', '**/dist/**'];
const TYPESCRIPT = ['.ts', '.tsx', '.mts', '.cts'];
const JAVASCRIPT = ['.js', '.jsx', '.mjs', '.cjs'];
const DECLARATIONS = /\.d\.[mc]?ts$/;
/** How files of tests, and imports of them, end. */
const TEST = /[.-](?:spec|test)(?:\.[mc]?[jt]sx?)?$/;
/** Words in files that may have to do with guards. */
const GUARDING = /reflect|metadata|guard|strategy|passport|jwt|nestjs/i;

/**
 * The names of the TypeScript files in a folder.
 *
 * @throws MigrationError where there is none, or JavaScript that may have to do with guards: it is not read.
 */
export function sourceNames({ sys }: TypeScript, folder: string): readonly string[] {
  const all = sys.readDirectory(resolve(folder), TYPESCRIPT, ELSEWHERE);
  const names = all.filter((name) => !DECLARATIONS.test(name));
  if (names.length === 0) throw new MigrationError(`There is no TypeScript in ${folder}`);
  const known = new Set(names.map(withoutEnding));
  const unread = sys
    .readDirectory(resolve(folder), JAVASCRIPT, ELSEWHERE)
    // A JavaScript file beside a TypeScript file of the same name is its build.
    .filter((name) => !TEST.test(name) && !known.has(withoutEnding(name)))
    .find((name) => GUARDING.test(readFileSync(name, 'utf8')));
  if (unread === undefined) return names;
  throw new MigrationError(
    `${relative('', unread)} is JavaScript, which is not read, and may have to do with guards: make it TypeScript, or keep it outside ${folder}`,
  );
}

function withoutEnding(name: string): string {
  return name.replace(/\.[mc]?[jt]sx?$/, '');
}

/**
 * The files that are named as tests are, and that nothing of the application imports.
 *
 * @param resolveFile The file that an import names.
 */
export function testFiles(
  ts: TypeScript,
  files: readonly ts.SourceFile[],
  resolveFile: (specifier: string, from: string) => string | undefined,
): ReadonlySet<string> {
  const tests = new Map(
    files.filter(({ fileName }) => TEST.test(fileName)).map((file) => [file.fileName, file]),
  );
  const application = files.filter(({ fileName }) => !tests.has(fileName));
  for (const file of application) {
    const specifiers = importedBy(ts, file);
    if (specifiers === undefined) return new Set();
    for (const specifier of specifiers) {
      const name = resolveFile(specifier, file.fileName);
      const imported = name === undefined ? undefined : tests.get(name);
      if (imported === undefined) continue;
      tests.delete(imported.fileName);
      application.push(imported);
    }
  }
  return new Set(tests.keys());
}

/** What a file imports, or may; `undefined` where that is known only when it runs. */
function importedBy(ts: TypeScript, file: ts.SourceFile): readonly string[] | undefined {
  const syntax = new Syntax(ts, [file]);
  for (const {
    expression,
    arguments: [name],
  } of syntax.all(ts.isCallExpression)) {
    const isImport =
      expression.kind === ts.SyntaxKind.ImportKeyword || expression.getText() === 'require';
    if (isImport && name && !ts.isStringLiteralLike(name)) return undefined;
  }
  const { importedFiles } = ts.preProcessFile(file.text, true, true);
  const named = [...syntax.all(ts.isStringLiteralLike)].map(({ text }) => text);
  return [
    ...importedFiles.map(({ fileName }) => fileName),
    ...named.filter((text) => TEST.test(text)),
  ];
}
