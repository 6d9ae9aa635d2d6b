import { join, relative } from 'node:path';
import ts from 'typescript';
import { codeBlocks, readDocument } from './markdown.js';
import { root, type Snippet } from './snippets.js';

/** A page of the documentation site that somebody wrote; the reference is written by TypeDoc. */
export interface Page {
  /** Its file below `docs`, such as `guide/scopes.md`. */
  name: string;
  text: string;
  /** Its modules, in a folder of their own, so that they import each other and no page's another. */
  snippets: Required<Snippet>[];
  /** The module that starts the page's application, where it has one. */
  entry: Required<Snippet> | undefined;
}

export const pages: Page[] = ts.sys
  .readDirectory(join(root, 'docs'), ['.md'], ['api'])
  .map((file) => relative(join(root, 'docs'), file))
  .map(readPage);

function readPage(name: string): Page {
  const text = readDocument(join('docs', name));
  const folder = name.replace(/\.md$/, '');
  const snippets = codeBlocks(text, 'ts').map((block) => ({
    ...block,
    name: `${folder}/${block.name}`,
  }));
  return {
    name,
    text,
    snippets,
    entry: snippets.find((each) => each.name === `${folder}/main.ts`),
  };
}
