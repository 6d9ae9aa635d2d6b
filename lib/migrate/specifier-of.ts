import { dirname, relative, sep } from 'node:path';
import type ts from 'typescript';
import type { Syntax } from './syntax.js';

/** How a file of the application is imported in another. */
export function specifierOf(syntax: Syntax, file: ts.SourceFile, path: string): string {
  const named = relative(dirname(file.fileName), path).split(sep).join('/');
  const [ending = '', kind = ''] = /\.([mc]?)tsx?$/.exec(named) ?? [];
  const from = named.slice(0, named.length - ending.length);
  const style = extensionIn(syntax, file);
  const extension = kind === '' ? style : style === '.ts' ? ending : `.${kind}js`;
  return `${from.startsWith('.') ? '' : './'}${from}${extension}`;
}

/** The extension in the relative imports of a file or, if it has none, of the application: `.js`, `.ts` or nothing. */
function extensionIn({ ts, files }: Syntax, file: ts.SourceFile): string {
  for (const { statements } of [file, ...files]) {
    for (const { importClause, moduleSpecifier } of statements.filter(ts.isImportDeclaration)) {
      const extension = /^\..*(\.[jt]s)$/.exec((moduleSpecifier as ts.StringLiteral).text)?.[1];
      // Types may be imported from .ts and .d.ts by any application.
      const isAnyones = extension === '.ts' && importClause?.isTypeOnly === true;
      if (extension !== undefined && !isAnyones) return extension;
    }
  }
  return '';
}
