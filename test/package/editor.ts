import { dirname, join } from 'node:path';
import ts from 'typescript';

/** What an editor shows of a name. */
export interface Hover {
  name: string;
  /** The doc comment as it is written, without its asterisks. */
  comment: string;
  /** Of the comment, what is shown: its text, then its tags. */
  text: string;
  tags: { name: string; text: string }[];
}

/** The hovers over everything that has a doc comment: the exports of these declarations, and the members of those. */
export function hoversOf(entries: readonly string[]): Hover[] {
  const service = ts.createLanguageService(hostOf(entries));
  const program = service.getProgram()!;
  const checker = program.getTypeChecker();
  const exported = entries.flatMap((entry) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!),
  );
  const declarations = exported
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .flatMap((symbol) => symbol.declarations ?? [])
    .flatMap((declaration) => [declaration, ...membersOf(declaration)]);
  return [...new Set(declarations)].flatMap((declaration) => hoverOf(service, declaration));
}

function hoverOf(service: ts.LanguageService, declaration: ts.Declaration): Hover[] {
  const comment = commentOf(declaration);
  const name = ts.getNameOfDeclaration(declaration);
  if (comment === undefined || name === undefined) return [];
  const file = declaration.getSourceFile().fileName;
  const { documentation, tags = [] } = service.getQuickInfoAtPosition(file, name.getStart())!;
  return [
    {
      name: `${file}: ${name.getText()}`,
      comment,
      text: ts.displayPartsToString(documentation),
      tags: tags.map((tag) => ({ name: tag.name, text: ts.displayPartsToString(tag.text) })),
    },
  ];
}

function membersOf(declaration: ts.Declaration): readonly ts.Declaration[] {
  return ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)
    ? declaration.members
    : [];
}

/** The comment that counts: the last one before the declaration, or before the statement that a variable is in. */
function commentOf(declaration: ts.Declaration): string | undefined {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const { text } = node.getSourceFile();
  const range = ts.getLeadingCommentRanges(text, node.pos)?.at(-1);
  const comment = range === undefined ? '' : text.slice(range.pos, range.end);
  return comment.startsWith('/**') ? comment.slice(3, -2).replace(/^ *\* ?/gm, '') : undefined;
}

/** Knows the files of the package only: whatever else they import says nothing about their comments. */
function hostOf(entries: readonly string[]): ts.LanguageServiceHost {
  return {
    getScriptFileNames: () => [...entries],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => dirname(entries[0]!),
    getCompilationSettings: () => ({ target: ts.ScriptTarget.ES2023, types: [] }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    readFile: ts.sys.readFile,
    fileExists: ts.sys.fileExists,
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text }) => ({
        resolvedModule: text.startsWith('.') ? beside(containing, text) : undefined,
      })),
  };
}

function beside(containing: string, specifier: string): ts.ResolvedModuleFull {
  const resolvedFileName = join(dirname(containing), specifier.replace(/\.js$/, '.d.ts'));
  return { resolvedFileName, extension: ts.Extension.Dts };
}
