import type ts from 'typescript';
import { specifierOf } from './specifier-of.js';
import type { Syntax } from './syntax.js';
import { applyEdits, listRemovals, removal, type TextEdit, withLineEnds } from './text-edits.js';

/** The changes of one file, including its imports: those that are no longer used are removed. */
export class FileChanges {
  private readonly edits: TextEdit[] = [];
  private readonly going: ts.Node[] = [];
  private readonly imported = new Map<string, Map<string, string>>();

  constructor(
    private readonly project: Syntax,
    readonly file: ts.SourceFile,
  ) {}

  get isEmpty(): boolean {
    return this.edits.length === 0;
  }

  /** Announces that a node will be replaced or removed, so that its names are free for other imports. */
  expect(node: ts.Node): void {
    this.going.push(node);
  }

  /** Puts a text in the place of a node. */
  replace(node: ts.Node, text: string): void {
    this.replaceRange(node.getStart(), node.getEnd(), text);
  }

  replaceRange(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }

  /** Writes a text before a node, on a line of its own. */
  putBefore(node: ts.Node, text: string): void {
    this.insert(node.getStart(), `${text}\n${this.indentOf(node)}`);
  }

  /** Removes a node that stands alone, such as a decorator or a statement. */
  remove(node: ts.Node): void {
    this.edits.push(removal(this.file.text, node.getStart(), node.getEnd()));
  }

  /** Removes elements of an array, or arguments of a call. */
  removeFromList<Node extends ts.Node>(list: readonly Node[], ...gone: readonly Node[]): void {
    this.edits.push(...listRemovals(this.file.text, list, (element) => gone.includes(element)));
  }

  /** Adds an element to an array: behind one that stays or, where there is none, as the first. */
  addToArray(array: ts.ArrayLiteralExpression, element: string, behind?: ts.Expression): void {
    const near = behind ?? array.elements[0];
    if (near === undefined) return this.insert(array.getStart() + 1, element);
    const ownLine = this.lineOf(near.getStart()) !== this.lineOf(array.getStart());
    const space = ownLine ? `\n${this.indentOf(near)}` : ' ';
    if (behind !== undefined) return this.insert(near.getEnd(), `,${space}${element}`);
    return this.insert(
      array.getStart() + 1,
      ownLine ? `${space}${element},` : `${element},${space}`,
    );
  }

  /** Adds a property to an object, as its first. */
  addProperty(object: ts.ObjectLiteralExpression, property: string): void {
    const first = object.properties[0];
    if (first === undefined) return this.insert(object.getStart() + 1, ` ${property} `);
    const ownLine = this.lineOf(first.getStart()) !== this.lineOf(object.getStart());
    return this.insert(
      first.getStart(),
      ownLine ? `${property},\n${this.indentOf(first)}` : `${property}, `,
    );
  }

  /** The white space before the first thing of a node's line. */
  indentOf(node: ts.Node): string {
    const { text } = this.file;
    const start = text.lastIndexOf('\n', node.getStart() - 1) + 1;
    return /^[ \t]*/.exec(text.slice(start))![0];
  }

  /**
   * Imports a name from a module, and returns what it is called in this file.
   *
   * @param alias The name to use where the file uses the original name for something else.
   */
  use(module: string, name: string, alias: string): string {
    const names = this.imported.get(module) ?? new Map<string, string>();
    this.imported.set(module, names);
    const known = names.get(name) ?? this.alreadyImported(module, name);
    if (known !== undefined) return known;
    const local = this.isTaken(name) ? alias : name;
    names.set(name, local);
    return local;
  }

  /** How another file of the application is imported from here. */
  specifierOf(path: string): string {
    return specifierOf(this.project, this.file, path);
  }

  apply(): string {
    const { text } = this.file;
    const dropped = this.imports().flatMap((declaration) => this.unusedOf(declaration));
    const edits = [...this.edits, ...dropped, ...this.newImports()];
    return applyEdits(
      text,
      edits.map((edit) => ({ ...edit, text: withLineEnds(edit.text, text) })),
    );
  }

  private insert(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text });
  }

  private lineOf(position: number): number {
    return this.file.getLineAndCharacterOfPosition(position).line;
  }

  private imports(): ts.ImportDeclaration[] {
    return this.file.statements.filter(this.project.ts.isImportDeclaration);
  }

  private specifiersOf({ importClause }: ts.ImportDeclaration): readonly ts.ImportSpecifier[] {
    const bindings = importClause?.namedBindings;
    return bindings && this.project.ts.isNamedImports(bindings) ? bindings.elements : [];
  }

  private alreadyImported(module: string, name: string): string | undefined {
    const specifier = this.imports()
      .filter(
        (declaration) => moduleOf(declaration) === module && !declaration.importClause?.isTypeOnly,
      )
      .flatMap((declaration) => this.specifiersOf(declaration))
      .find(
        (element) => (element.propertyName ?? element.name).text === name && !element.isTypeOnly,
      );
    return specifier?.name.text;
  }

  /** Whether something in this file that stays has a name. */
  private isTaken(name: string): boolean {
    const own = [...this.identifiers()].filter(({ text }) => text === name);
    return own.some(
      (identifier) => !this.isRemoved(identifier) && !this.isDroppedImport(identifier),
    );
  }

  private isDroppedImport(identifier: ts.Identifier): boolean {
    const { parent } = identifier;
    return this.project.ts.isImportSpecifier(parent) && this.isUnused(parent);
  }

  private identifiers(): Iterable<ts.Identifier> {
    return this.project.within(this.file, this.project.ts.isIdentifier);
  }

  /** Whether a node is replaced or removed. */
  isRemoved(node: ts.Node): boolean {
    const [from, to] = [node.getStart(), node.getEnd()];
    return (
      this.edits.some(({ start, end }) => start <= from && to <= end && start < end) ||
      this.going.some((gone) => gone.getStart() <= from && to <= gone.getEnd())
    );
  }

  /** Whether all uses of an import are gone. An import that was unused before is kept. */
  private isUnused({ name: local }: ts.ImportSpecifier | ts.ImportClause): boolean {
    const named = [...this.identifiers()].filter(
      (name) => name.text === local!.text && name !== local,
    );
    return named.length > 0 && named.every((name) => this.isRemoved(name));
  }

  private unusedOf(declaration: ts.ImportDeclaration): TextEdit[] {
    const { text } = this.file;
    const all = this.specifiersOf(declaration);
    const unused = all.filter((specifier) => this.isUnused(specifier));
    if (this.isDropped(declaration)) {
      return [removal(text, declaration.getStart(), declaration.getEnd())];
    }
    return listRemovals(text, all, (specifier) => unused.includes(specifier));
  }

  private isDropped(declaration: ts.ImportDeclaration): boolean {
    const all = this.specifiersOf(declaration);
    const isWhole = all.length > 0 && declaration.importClause?.name === undefined;
    return isWhole && all.every((one) => this.isUnused(one)) && !this.additionsTo(declaration);
  }

  private additionsTo(declaration: ts.ImportDeclaration): boolean {
    return (
      this.target(moduleOf(declaration)) === declaration && this.imported.has(moduleOf(declaration))
    );
  }

  private target(module: string): ts.ImportDeclaration | undefined {
    return this.imports().find(
      (declaration) =>
        moduleOf(declaration) === module &&
        !declaration.importClause?.isTypeOnly &&
        this.specifiersOf(declaration).length > 0,
    );
  }

  private newImports(): TextEdit[] {
    const lines: string[] = [];
    const edits: TextEdit[] = [];
    for (const [module, names] of this.imported) {
      const clauses = [...names].map(([name, local]) =>
        name === local ? name : `${name} as ${local}`,
      );
      if (clauses.length === 0) continue;
      const target = this.target(module);
      const first = target && this.specifiersOf(target)[0]?.getStart();
      if (first !== undefined)
        edits.push({ start: first, end: first, text: `${clauses.join(', ')}, ` });
      else lines.push(this.importLine(clauses, module));
    }
    if (lines.length === 0) return edits;
    return [...edits, this.newLines(lines.join('\n'))];
  }

  /** The edit that adds lines after the last import that stays. */
  private newLines(text: string): TextEdit {
    const stays = this.imports().filter((declaration) => !this.isDropped(declaration));
    const end = stays.at(-1)?.getEnd();
    if (end !== undefined) return { start: end, end, text: `\n${text}` };
    const start = this.imports()[0]?.getStart() ?? 0;
    return { start, end: start, text: `${text}\n` };
  }

  private importLine(clauses: readonly string[], module: string): string {
    const sample = this.imports()[0]?.getText() ?? `import 'a';`;
    const quote = sample.includes(`"`) ? `"` : `'`;
    return `import { ${clauses.join(', ')} } from ${quote}${module}${quote}${sample.endsWith(';') ? ';' : ''}`;
  }
}

function moduleOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return (moduleSpecifier as ts.StringLiteral).text;
}
