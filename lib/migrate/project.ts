import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type ts from 'typescript';
import { sourceNames, testFiles } from './source-files.js';
import { Syntax } from './syntax.js';
import type { TypeScript } from './typescript.js';

/** Where a name comes from: a package that is not read, or a declaration of the application. */
export type Origin =
  { readonly package: string; readonly name: string } | { readonly declaration: ts.Declaration };

/** The source of an application, and what its names mean; packages are not read. */
export class Project extends Syntax {
  override readonly files: readonly ts.SourceFile[];
  private readonly checker: ts.TypeChecker;
  private readonly tests: ReadonlySet<string>;
  private readonly program: ts.Program;
  private readonly resolveAny: (specifier: string, from: string) => string | undefined;
  private readonly resolveName: (specifier: string, from: string) => string | undefined;
  private references: ReadonlyMap<ts.Declaration, ts.Identifier[]> | undefined;

  /** @throws MigrationError where the folder holds no TypeScript, or JavaScript that would have to be read. */
  constructor(
    ts: TypeScript,
    readonly folder: string,
  ) {
    super(ts);
    const options = this.options();
    const host = this.host(options);
    this.program = ts.createProgram(sourceNames(ts, folder), options, host);
    this.files = this.program.getSourceFiles().filter((file) => !file.isDeclarationFile);
    this.resolveAny = (specifier, from) =>
      ts.resolveModuleName(specifier, from, options, host).resolvedModule?.resolvedFileName;
    this.resolveName = (specifier, from) =>
      this.resolveOwn(specifier, from, options, host)?.resolvedFileName;
    this.tests = testFiles(ts, this.files, this.resolveName);
    this.checker = this.program.getTypeChecker();
  }

  /** The origin of the name at a node. */
  origin(node: ts.Node): Origin | undefined {
    const { ts, checker } = this;
    const { parent } = node;
    const symbol = ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node);
    if (symbol === undefined) return undefined;
    if (!(symbol.flags & ts.SymbolFlags.Alias)) return declared(symbol);
    const specifier = symbol.declarations?.[0];
    const found = declared(checker.getAliasedSymbol(symbol));
    return found ?? (specifier && this.importedBy(specifier));
  }

  private importedBy(specifier: ts.Declaration): Origin | undefined {
    const { ts } = this;
    const from = ts.findAncestor(specifier, ts.isImportDeclaration)?.moduleSpecifier;
    if (from === undefined) return undefined;
    const isNamed = ts.isImportSpecifier(specifier);
    const name = isNamed
      ? (specifier.propertyName ?? specifier.name).text
      : ts.isImportClause(specifier)
        ? 'default'
        : '*';
    return { package: (from as ts.StringLiteral).text, name };
  }

  /** Whether a node is a name of a package, however it was imported. */
  isFrom(node: ts.Node, from: string, ...names: readonly string[]): boolean {
    const origin = this.origin(node);
    return (
      origin !== undefined &&
      'package' in origin &&
      origin.package === from &&
      names.includes(origin.name)
    );
  }

  /** Whether an import in a file means source that is neither in the folder nor in a package that is installed. */
  isOutside(specifier: string, { fileName }: ts.SourceFile): boolean {
    if (this.fileOf(specifier, fileName)) return false;
    const found = this.resolveAny(specifier, fileName);
    return specifier.startsWith('.') || (found !== undefined && !isInstalled(found));
  }

  declarationOf(node: ts.Node): ts.Declaration | undefined {
    const origin = this.origin(node);
    return origin !== undefined && 'declaration' in origin ? origin.declaration : undefined;
  }

  /** The class that a name means, where it is one of the application's. */
  classOf(node: ts.Node): ts.ClassDeclaration | undefined {
    const declaration = this.declarationOf(node);
    return declaration && this.ts.isClassDeclaration(declaration) ? declaration : undefined;
  }

  /** Every place that names a declaration, itself and imports excepted. */
  referencesTo(declaration: ts.Declaration): readonly ts.Identifier[] {
    this.references ??= this.findReferences();
    return this.references.get(declaration) ?? [];
  }

  /** The file of the application that an import in another means. */
  fileOf(specifier: string, from: string): ts.SourceFile | undefined {
    const name = this.resolveName(specifier, from);
    return name === undefined ? undefined : this.program.getSourceFile(name);
  }

  /** The path of a file relative to the working directory. */
  nameOf(file: string): string {
    return relative('', file).split(sep).join('/');
  }

  /** Such as `src/users/users.controller.ts:12`. */
  placeOf(node: ts.Node): string {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return `${this.nameOf(file.fileName)}:${line + 1}`;
  }

  /** Whether a file is a test that the application does not import, which says nothing of what the application enforces. */
  isTest(node: ts.Node): boolean {
    return this.tests.has(node.getSourceFile().fileName);
  }

  /** The end-to-end tests beside the folder, where Nest's command puts them: only their syntax is read. */
  testsBeside(): ts.SourceFile[] {
    const { sys, createSourceFile, ScriptTarget } = this.ts;
    const folder = resolve(this.folder, '..', 'test');
    const names = sys.directoryExists(folder)
      ? sys.readDirectory(folder, ['.ts'], ['**/node_modules/**'])
      : [];
    return names.map((name) =>
      createSourceFile(name, sys.readFile(name) ?? '', ScriptTarget.ESNext, true),
    );
  }

  private findReferences(): ReadonlyMap<ts.Declaration, ts.Identifier[]> {
    const { ts } = this;
    const found = new Map<ts.Declaration, ts.Identifier[]>();
    for (const name of this.all(ts.isIdentifier)) {
      const { parent } = name;
      if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent))
        continue;
      const declaration = this.declarationOf(name);
      if (declaration === undefined || (declaration as ts.NamedDeclaration).name === name) continue;
      found.set(declaration, [...(found.get(declaration) ?? []), name]);
    }
    return found;
  }

  private options(): ts.CompilerOptions {
    const { ts, folder } = this;
    const file = ts.findConfigFile(resolve(folder), ts.sys.fileExists);
    const { config = {} } =
      file === undefined ? {} : ts.readConfigFile(file, (name) => readFileSync(name, 'utf8'));
    const parsed =
      file &&
      ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, dirname(file));
    const { baseUrl, paths, pathsBasePath } = parsed ? parsed.options : {};
    return {
      ...(baseUrl !== undefined && { baseUrl }),
      ...(paths !== undefined && { paths, pathsBasePath }),
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      experimentalDecorators: true,
      jsx: ts.JsxEmit.Preserve,
      noLib: true,
      types: [],
    };
  }

  /** Finds no file outside the folder: packages are known by their names alone. */
  private host(options: ts.CompilerOptions): ts.CompilerHost {
    const { ts } = this;
    const host = ts.createCompilerHost(options, true);
    host.resolveModuleNameLiterals = (literals, containing) =>
      literals.map(({ text }) => ({
        resolvedModule: this.resolveOwn(text, containing, options, host),
      }));
    return host;
  }

  private resolveOwn(
    specifier: string,
    from: string,
    options: ts.CompilerOptions,
    host: ts.CompilerHost,
  ): ts.ResolvedModuleFull | undefined {
    const { resolvedModule } = this.ts.resolveModuleName(specifier, from, options, host);
    const file = resolvedModule && resolve(resolvedModule.resolvedFileName);
    const isOwn = file?.startsWith(resolve(this.folder) + sep) === true && !isInstalled(file);
    return isOwn ? resolvedModule : undefined;
  }
}

function declared(symbol: ts.Symbol): Origin | undefined {
  const declaration = symbol.declarations?.[0];
  return declaration && { declaration };
}

function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}
