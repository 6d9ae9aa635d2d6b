import { posix } from 'node:path';
import type ts from 'typescript';
import { FileChanges } from './file-changes.js';
import { Syntax } from './syntax.js';
import { loadTypeScript } from './typescript.js';

/** Where a class is to be listed: in a property of what a call is given. */
export interface Place {
  /** Such as `AuthModule.forRoot` or `Module`. */
  readonly call: string;
  readonly property: string;
}

/** A class, and how it is imported. */
export interface ListedClass {
  readonly className: string;
  /** Its file, relative as that of the module is. */
  readonly file: string;
  /** What imports of files end with: `.js`, or nothing. */
  readonly extension: string;
}

/**
 * The text of a module that lists a class besides; `undefined` where its list is not written plainly.
 *
 * @throws MigrationError where TypeScript is not installed.
 */
export function listClass(
  text: string,
  module: string,
  { className, file, extension }: ListedClass,
  place: Place,
): string | undefined {
  const ts = loadTypeScript('.');
  const source = ts.createSourceFile(posix.join('/', module), text, ts.ScriptTarget.Latest, true);
  const syntax = new Syntax(ts, [source]);
  const list = listAt(syntax, source, place);
  if (list === undefined) return undefined;
  const changes = new FileChanges(syntax, source);
  const from = changes.specifierOf(posix.join('/', file)).replace(/\.js$/, '') + extension;
  const name = changes.use(from, className, `${className}Class`);
  if (ts.isArrayLiteralExpression(list)) changes.addToArray(list, name, list.elements.at(-1));
  else changes.addProperty(list, `${place.property}: [${name}]`);
  return changes.apply();
}

/** The list, or the object that could have one. */
function listAt(
  syntax: Syntax,
  source: ts.SourceFile,
  { call: callee, property }: Place,
): ts.ArrayLiteralExpression | ts.ObjectLiteralExpression | undefined {
  const { ts } = syntax;
  const calls = [...syntax.within(source, ts.isCallExpression)];
  const found = calls.filter(({ expression }) => expression.getText() === callee);
  const [options] = found[0]?.arguments ?? [];
  if (found.length !== 1 || !options || !ts.isObjectLiteralExpression(options)) return undefined;
  const known = options.properties.find(({ name }) => name?.getText() === property);
  if (known === undefined)
    return options.properties.some(ts.isSpreadAssignment) ? undefined : options;
  const list = ts.isPropertyAssignment(known) ? known.initializer : undefined;
  return list && ts.isArrayLiteralExpression(list) ? list : undefined;
}
