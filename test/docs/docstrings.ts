import { join, relative } from 'node:path';
import ts from 'typescript';
import { root, type Snippet } from './snippets.js';

/** An exported declaration and the docstring right above it, without its asterisks. */
export interface Documented {
  name: string;
  docstring: string;
  /** How many lines of its file stand before the docstring. */
  linesBefore: number;
}

export const libFiles = ts.sys
  .readDirectory(join(root, 'lib'), ['.ts'])
  .map((file) => relative(root, file));

/** What a file of the library exports where it is declared, and the members of its classes. */
export function publicDocstrings(path: string): Documented[] {
  const file = ts.createSourceFile(
    path,
    ts.sys.readFile(join(root, path))!,
    ts.ScriptTarget.Latest,
    true,
  );
  return file.statements
    .filter(isExported)
    .filter((statement) => isPublic(docstringOf(statement)))
    .flatMap((statement) => [
      { name: nameOf(statement), ...docstringOf(statement) },
      ...membersOf(statement).map((member) => ({
        name: `${nameOf(statement)}.${nameOf(member)}`,
        ...docstringOf(member),
      })),
    ]);
}

/** Whether a docstring says, last of all, that its symbol may be relied on. */
export const isPublic = ({ docstring }: Pick<Documented, 'docstring'>) =>
  docstring.endsWith('\n@publicApi');

/** Every `@example` of a docstring, each a module of its own. */
export function examplesOf({ name, docstring, linesBefore }: Documented): Snippet[] {
  return [...docstring.matchAll(/^@example\n(?:```ts\n(.*?)^```)?/gms)].map((example, index) => ({
    name: `${name}-${index + 1}.ts`,
    text: example[1] ?? '@example holds no ts block',
    linesBefore: linesBefore + docstring.slice(0, example.index).split('\n').length + 1,
  }));
}

/** The docstring right above a statement or a member. */
export function docstringOf(node: ts.Node): Pick<Documented, 'docstring' | 'linesBefore'> {
  const { text } = node.getSourceFile();
  const range = ts.getLeadingCommentRanges(text, node.pos)?.at(-1);
  const comment = range === undefined ? '' : text.slice(range.pos, range.end);
  if (!comment.startsWith('/**')) return { docstring: '', linesBefore: 0 };
  const docstring = comment.slice(3, -2).replace(/^ *\* ?/gm, '');
  return { docstring: docstring.trimEnd(), linesBefore: lineOf(text, range!.pos) };
}

/** The statement that a declaration is in. */
export function statementOf(declaration: ts.Node): ts.Node {
  let node = declaration;
  while (!ts.isSourceFile(node.parent)) node = node.parent;
  return node;
}

const lineOf = (text: string, position: number) => text.slice(0, position).split('\n').length - 1;

const isExported = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const membersOf = (statement: ts.Statement): readonly ts.ClassElement[] =>
  ts.isClassDeclaration(statement) ? statement.members : [];

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return nameOf(node.declarationList.declarations[0]!);
  return (node as ts.NamedDeclaration).name?.getText() ?? 'constructor';
}
