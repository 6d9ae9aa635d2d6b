import { posix } from 'node:path';
import { Syntax } from '../migrate/syntax.js';
import { loadTypeScript } from '../migrate/typescript.js';
import type { Tree } from './tree.js';

/** The file of a root module, and whether `main.ts` is known to boot that module. */
export interface RootModule {
  readonly file: string;
  readonly isBooted: boolean;
}

/**
 * The file of the module that `main.ts` boots, which may be `main.ts` itself; `app.module.ts` where that cannot be
 * told.
 */
export function rootModuleOf(tree: Tree, sourceRoot: string): RootModule {
  const main = posix.join(sourceRoot, 'main.ts');
  const unknown = { file: posix.join(sourceRoot, 'app.module.ts'), isBooted: false };
  const text = tree.exists(main) ? tree.read(main)?.toString() : undefined;
  const specifier = text && bootedFrom(text);
  if (specifier === HERE) return { file: main, isBooted: true };
  if (!specifier?.startsWith('.')) return unknown;
  const file = `${posix.join(sourceRoot, specifier).replace(/\.[jt]s$/, '')}.ts`;
  return tree.exists(file) ? { file, isBooted: true } : unknown;
}

/** The file itself. */
const HERE = '.';

/** The import specifier of the class that `NestFactory` is given. */
function bootedFrom(text: string): string | undefined {
  const ts = loadTypeScript('.');
  const source = ts.createSourceFile('main.ts', text, ts.ScriptTarget.Latest, true);
  const booted = [...new Syntax(ts, [source]).all(ts.isCallExpression)]
    .filter(({ expression }) => expression.getText().startsWith('NestFactory.create'))
    .map(({ arguments: [root] }) => root?.getText());
  if (new Set(booted).size !== 1) return undefined;
  const classes = source.statements.filter(ts.isClassDeclaration);
  if (classes.some(({ name }) => name?.text === booted[0])) return HERE;
  const imports = source.statements.filter(ts.isImportDeclaration);
  const found = imports.find(({ importClause }) => {
    const named = importClause?.namedBindings;
    const names = named && ts.isNamedImports(named) ? named.elements.map(({ name }) => name) : [];
    return [importClause?.name, ...names].some((name) => name?.text === booted[0]);
  });
  return found && (found.moduleSpecifier as { text?: string }).text;
}
