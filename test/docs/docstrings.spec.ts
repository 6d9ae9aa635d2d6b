import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryPoints } from '../../scripts/entry-points.js';
import {
  docstringOf,
  examplesOf,
  isPublic,
  libFiles,
  publicDocstrings,
  statementOf,
} from './docstrings.js';
import { errorsIn, programOf } from './snippets.js';

const entries = entryPoints.map(({ module }) => `lib/${module}.ts`);

const examples = libFiles.flatMap((file) =>
  publicDocstrings(file).flatMap((documented) =>
    examplesOf(documented).map((snippet) => ({ file, snippet })),
  ),
);

let program: ts.Program;
beforeAll(() => {
  program = programOf(
    examples.map(({ snippet }) => snippet),
    entries,
  );
}, 60_000);

describe('the examples in docstrings', () => {
  it('should be there', () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  it.each(examples)('should compile: $snippet.name of $file', ({ snippet }) => {
    expect(errorsIn(program, snippet)).toEqual([]);
  });
});

describe.each(entries)('the values that %s exports', (entry) => {
  it('should each have a docstring that ends with @publicApi', () => {
    const undocumented = exportedValues(entry)
      .filter(({ declarations }) => !isPublic(docstringOf(statementOf(declarations![0]!))))
      .map(({ name }) => name);
    expect(undocumented).toEqual([]);
  });
});

/** What is there at run time, where it is declared. */
function exportedValues(entry: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(`/${entry}`))!;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(file)!)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .filter(({ flags }) => flags & ts.SymbolFlags.Value);
}
