import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A module of a document. */
export interface Snippet {
  /** Its file, such as `app.module.ts`: how other snippets of the same document import it. */
  name: string;
  text: string;
  /** How many lines stand before it in its document. Default: none. */
  linesBefore?: number;
}

/** Where snippets seem to be: in the package, so that they find its dependencies and its own name. */
const folder = join(root, 'test/docs/snippets');

export const pathOf = ({ name }: Snippet) => join(folder, name);

/** One program of all snippets, and of further files, with the package's own compiler options. */
export function programOf(snippets: readonly Snippet[], files: readonly string[] = []): ts.Program {
  const options = compilerOptions();
  const texts = new Map(snippets.map((snippet) => [pathOf(snippet), snippet.text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile, directoryExists } = host;
  const isFolder = (path: string) => [...texts.keys()].some((file) => dirname(file) === path);

  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.directoryExists = (path) => isFolder(path) || directoryExists!.call(host, path);
  host.getSourceFile = (path, versionOrOptions, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, versionOrOptions, ...rest)
      : ts.createSourceFile(path, text, versionOrOptions);
  };
  return ts.createProgram(
    [...texts.keys(), ...files.map((file) => resolve(root, file))],
    options,
    host,
  );
}

/** What the compiler has to say about a snippet, each with the line of its document. */
export function errorsIn(program: ts.Program, snippet: Snippet): string[] {
  const file = program.getSourceFile(pathOf(snippet))!;
  const diagnostics = [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ];
  return diagnostics.map(({ messageText, start = 0 }) => {
    const line = file.getLineAndCharacterOfPosition(start).line + 1 + (snippet.linesBefore ?? 0);
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ['lib/index.ts'] },
    ts.sys,
    root,
  );
  return options;
}
