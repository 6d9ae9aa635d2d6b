import type ts from 'typescript';
import type { Syntax } from './syntax.js';

/** The calls of `AuthModule.forRoot()` in a file; `undefined` where it does something else with `AuthModule`. */
export function authModuleCalls(
  syntax: Syntax,
  source: ts.SourceFile,
): readonly ts.CallExpression[] | undefined {
  const { ts } = syntax;
  const specifier = [...syntax.within(source, ts.isImportSpecifier)].find(isAuthModule);
  if (specifier === undefined) return [];
  const calls: ts.CallExpression[] = [];
  for (const name of syntax.within(source, ts.isIdentifier)) {
    if (name.text !== specifier.name.text || name.parent === specifier) continue;
    const { parent: access } = name;
    if (!ts.isPropertyAccessExpression(access) || !ts.isCallExpression(access.parent))
      return undefined;
    if (access.name.text !== 'forFeature') calls.push(access.parent);
  }
  return calls;
}

function isAuthModule({ name, propertyName, parent }: ts.ImportSpecifier): boolean {
  const from = parent.parent.parent.moduleSpecifier as ts.StringLiteral;
  return from.text === 'nestjs-security' && (propertyName ?? name).text === 'AuthModule';
}
