import type ts from 'typescript';
import { FileChanges } from './file-changes.js';
import type { Project } from './project.js';

/**
 * The import lines for the names that nodes of a file use, for a new file in the same folder; or why one cannot be
 * imported.
 */
export function importsOf(project: Project, nodes: readonly ts.Node[]): readonly string[] | string {
  const lines = new Map<string, Set<string>>();
  for (const name of nodes.flatMap((node) => [...project.within(node, project.ts.isIdentifier)])) {
    if (!isFree(project, name)) continue;
    const found = importOf(project, name);
    if (found === 'local') return `it needs ${name.text}, which its file does not export`;
    if (found === undefined) continue;
    lines.set(found.from, (lines.get(found.from) ?? new Set()).add(found.name));
  }
  return [...lines].map(([from, names]) => `import { ${[...names].join(', ')} } from '${from}';`);
}

/** Whether an identifier stands for itself: it is the name of neither a property nor a parameter. */
function isFree({ ts }: Project, name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return (ts.isQualifiedName(parent) ? parent.left : parent.expression) === name;
  }
  return !(ts.isPropertyAssignment(parent) || ts.isParameter(parent)) || parent.name !== name;
}

function importOf(
  project: Project,
  name: ts.Identifier,
): { readonly from: string; readonly name: string } | 'local' | undefined {
  const { ts } = project;
  const file = name.getSourceFile();
  for (const declaration of file.statements.filter(ts.isImportDeclaration)) {
    const bindings = declaration.importClause?.namedBindings;
    const elements = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
    const specifier = elements.find((element) => element.name.text === name.text);
    const from = (declaration.moduleSpecifier as ts.StringLiteral).text;
    if (specifier) return { from, name: specifier.getText().replace(/^type /, '') };
    const whole =
      bindings && ts.isNamespaceImport(bindings) ? bindings.name : declaration.importClause?.name;
    if (whole?.text === name.text) return 'local';
  }
  const declaration = project.declarationOf(name);
  if (declaration?.getSourceFile() !== file || ts.isParameter(declaration)) return undefined;
  return isExported(project, declaration)
    ? { from: new FileChanges(project, file).specifierOf(file.fileName), name: name.text }
    : 'local';
}

function isExported({ ts }: Project, declaration: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export) !== 0;
}
