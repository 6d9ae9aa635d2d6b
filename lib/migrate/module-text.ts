import { posix } from 'node:path';
import type ts from 'typescript';
import { authModuleCalls } from './auth-module-calls.js';
import { FileChanges } from './file-changes.js';
import { Syntax } from './syntax.js';
import { loadTypeScript } from './typescript.js';

/** A class, and how it is imported. */
export interface ListedClass {
  readonly className: string;
  /** Its file, relative as that of the module is. */
  readonly file: string;
  /** What imports of files end with: `.js`, or nothing. */
  readonly extension: string;
}

/** A list that is written out, or the object that could have one. */
type List = ts.ArrayLiteralExpression | ts.ObjectLiteralExpression;

/** Adds to a list as its last element, or to an object the list that holds it. */
export function addToList(
  { ts }: Syntax,
  changes: FileChanges,
  list: List,
  property: string,
  element: string,
): void {
  if (ts.isArrayLiteralExpression(list)) changes.addToArray(list, element, list.elements.at(-1));
  else changes.addProperty(list, `${property}: [${element}]`);
}

/** The text of a file with modules, which can be given classes to list. */
export class ModuleText {
  private readonly syntax: Syntax;
  private readonly source: ts.SourceFile;

  /** @throws MigrationError where TypeScript is not installed. */
  constructor(text: string, file: string) {
    const ts = loadTypeScript('.');
    this.source = ts.createSourceFile(posix.join('/', file), text, ts.ScriptTarget.Latest, true);
    this.syntax = new Syntax(ts, [this.source]);
  }

  /** Whether it has, or may have, an `AuthModule.forRoot()`. */
  get hasAuthModule(): boolean {
    return authModuleCalls(this.syntax, this.source)?.length !== 0;
  }

  /** With a class among the providers of its module; `undefined` where these are not written plainly. */
  withProvider(listed: ListedClass): string | undefined {
    return this.with(this.module(), 'providers', (changes) => this.use(changes, listed));
  }

  /** With a scheme more in its `AuthModule.forRoot()`; `undefined` where that is not written plainly. */
  withScheme(listed: ListedClass): string | undefined {
    const calls = authModuleCalls(this.syntax, this.source) ?? [];
    return this.with(calls, 'schemes', (changes) => this.use(changes, listed));
  }

  /** With an `AuthModule.forRoot()` of its own; `undefined` where its imports are not written plainly. */
  withAuthModule(listed: ListedClass): string | undefined {
    return this.with(this.module(), 'imports', (changes) => {
      const module = changes.use('nestjs-security', 'AuthModule', 'SecurityModule');
      return `${module}.forRoot({ schemes: [${this.use(changes, listed)}] })`;
    });
  }

  /** How a class is imported here. */
  specifierOf({ file, extension }: ListedClass): string {
    const changes = new FileChanges(this.syntax, this.source);
    return changes.specifierOf(posix.join('/', file)).replace(/\.[jt]s$/, '') + extension;
  }

  private use(changes: FileChanges, listed: ListedClass): string {
    const { className } = listed;
    return changes.use(this.specifierOf(listed), className, `${className}Class`);
  }

  private with(
    calls: readonly ts.CallExpression[],
    property: string,
    element: (changes: FileChanges) => string,
  ): string | undefined {
    const list = calls.length === 1 ? this.listOf(calls[0]!, property) : undefined;
    if (list === undefined) return undefined;
    const changes = new FileChanges(this.syntax, this.source);
    addToList(this.syntax, changes, list, property, element(changes));
    return changes.apply();
  }

  private module(): readonly ts.CallExpression[] {
    const { ts } = this.syntax;
    const decorators = [...this.syntax.within(this.source, ts.isDecorator)];
    return decorators
      .map(({ expression }) => expression)
      .filter(ts.isCallExpression)
      .filter(({ expression }) => expression.getText() === 'Module');
  }

  private listOf({ arguments: [options] }: ts.CallExpression, property: string): List | undefined {
    const { ts } = this.syntax;
    if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
    const known = options.properties.find(({ name }) => name?.getText() === property);
    if (known === undefined)
      return options.properties.some(ts.isSpreadAssignment) ? undefined : options;
    const list = ts.isPropertyAssignment(known) ? known.initializer : undefined;
    return list && ts.isArrayLiteralExpression(list) ? list : undefined;
  }
}
