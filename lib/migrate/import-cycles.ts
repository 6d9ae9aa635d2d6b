import type ts from 'typescript';
import type { SchemePlan } from './facts.js';
import type { Project } from './project.js';

/** Another file of the application that a file imports when it is loaded. */
interface Import {
  readonly by: ts.SourceFile;
  readonly file: ts.SourceFile;
  /** What is imported; empty for a whole file. */
  readonly names: readonly ts.Identifier[];
}

/**
 * Why a file cannot import a scheme that is to be written: the scheme's own imports lead back to that file, and one of
 * their classes would not be there yet when Nest asks for it.
 */
export function importCycle(
  project: Project,
  scheme: SchemePlan,
  importing: ts.SourceFile,
): string | undefined {
  for (const file of importedByScheme(project, scheme)) {
    const path = pathBetween(project, file, importing);
    if (path === undefined) continue;
    const [first, ...others] = path.map(({ file: { fileName } }) => project.nameOf(fileName));
    const by = others.length > 0 ? ` by way of ${first}` : '';
    const again =
      file === importing
        ? `which needs ${scheme.className} itself`
        : `which imports ${project.nameOf(importing.fileName)}${by}`;
    return `${scheme.className} would import ${project.nameOf(file.fileName)}, ${again}, and with such a cycle the application would not boot: ${remedyOf(project, scheme, file, path)}`;
  }
  return undefined;
}

function importedByScheme(
  project: Project,
  { file, source }: SchemePlan,
): readonly ts.SourceFile[] {
  if (source === undefined) return project.files.filter(({ fileName }) => fileName === file);
  const { importedFiles } = project.ts.preProcessFile(source({}), true, true);
  return importedFiles.flatMap(({ fileName }) => project.fileOf(fileName, file) ?? []);
}

/** The imports that lead from a file to another; none from a file to itself. */
function pathBetween(
  project: Project,
  from: ts.SourceFile,
  to: ts.SourceFile,
): readonly Import[] | undefined {
  const paths = new Map<ts.SourceFile, readonly Import[]>([[from, []]]);
  // A map is walked in the order of its entries, also of those that are added meanwhile.
  for (const [file, path] of paths) {
    if (file === to) return path;
    for (const imported of importsIn(project, file)) {
      if (!paths.has(imported.file)) paths.set(imported.file, [...path, imported]);
    }
  }
  return undefined;
}

function importsIn(project: Project, by: ts.SourceFile): readonly Import[] {
  const { ts } = project;
  return by.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier: specifier } = statement;
    const named = namedIn(project, statement);
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !named) return [];
    const names = named.filter((name) => isValue(project, name));
    const file = project.fileOf(specifier.text, by.fileName);
    const isErased = named.length > 0 && names.length === 0;
    return file === undefined || isErased ? [] : [{ by, file, names }];
  });
}

/** The names that a statement imports or exports; `undefined` where it does only types. */
function namedIn(
  { ts }: Project,
  statement: ts.ImportDeclaration | ts.ExportDeclaration,
): readonly ts.Identifier[] | undefined {
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement;
  if (clause?.isTypeOnly) return undefined;
  const bindings = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : statement.exportClause;
  const isList = bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings));
  const elements: (ts.ImportSpecifier | ts.ExportSpecifier)[] = isList
    ? [...bindings.elements]
    : [];
  const values = elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name);
  return elements.length > 0 && values.length === 0 ? undefined : values.filter(ts.isIdentifier);
}

function isValue(project: Project, name: ts.Identifier): boolean {
  const { ts } = project;
  const declaration = project.declarationOf(name);
  return !(
    declaration &&
    (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
  );
}

/** A file that exports what others declare is gone round; otherwise a class has to move. */
function remedyOf(
  project: Project,
  { provider }: SchemePlan,
  start: ts.SourceFile,
  path: readonly Import[],
): string {
  for (const { by, file, names } of path) {
    const elsewhere = names.filter((name) => project.declarationOf(name)?.getSourceFile() !== file);
    if (elsewhere.length === 0) continue;
    const texts = elsewhere.map(({ text }) => text).join(' and ');
    const own = elsewhere.length > 1 ? 'their own files' : 'its own file';
    return `in ${project.nameOf(by.fileName)}, import ${texts} from ${own}`;
  }
  const name = provider.name?.text ?? 'the class';
  return start === provider.getSourceFile()
    ? `declare ${name} in a file of its own`
    : `import what ${name} needs from its own file`;
}
