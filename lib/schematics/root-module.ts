import { posix } from 'node:path';
import { Syntax } from '../migrate/syntax.js';
import { loadTypeScript } from '../migrate/typescript.js';
import type { Tree } from './tree.js';

/** The file of the module that `main.ts` boots; `app.module.ts` where that is not written plainly. */
export function rootModuleFile(tree: Tree, sourceRoot: string): string {
  const main = posix.join(sourceRoot, 'main.ts');
  const usual = posix.join(sourceRoot, 'app.module.ts');
  const text = tree.exists(main) ? tree.read(main)?.toString() : undefined;
  const specifier = text && bootedFrom(text);
  if (!specifier?.startsWith('.')) return usual;
  const file = `${posix.join(sourceRoot, specifier).replace(/\.[jt]s$/, '')}.ts`;
  return tree.exists(file) ? file : usual;
}

/** What the class that `NestFactory` is given is imported from. */
function bootedFrom(text: string): string | undefined {
  const ts = loadTypeScript('.');
  const source = ts.createSourceFile('main.ts', text, ts.ScriptTarget.Latest, true);
  const booted = [...new Syntax(ts, [source]).all(ts.isCallExpression)]
    .filter(({ expression }) => expression.getText().startsWith('NestFactory.create'))
    .map(({ arguments: [root] }) => root?.getText());
  if (new Set(booted).size !== 1) return undefined;
  const imports = source.statements.filter(ts.isImportDeclaration);
  const found = imports.find(({ importClause }) => {
    const named = importClause?.namedBindings;
    const names = named && ts.isNamedImports(named) ? named.elements.map(({ name }) => name) : [];
    return [importClause?.name, ...names].some((name) => name?.text === booted[0]);
  });
  return found && (found.moduleSpecifier as { text?: string }).text;
}
