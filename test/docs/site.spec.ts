import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { pageFiles } from '../../docs/.vitepress/sidebar.js';
import { pages } from './pages.js';
import { errorsIn, programOf, root } from './snippets.js';

const REPOSITORY = 'https://github.com/nestjs-security/nestjs-security';
const snippets = pages.flatMap((page) => page.snippets.map((snippet) => ({ page, snippet })));
const links = pages.flatMap(({ name, text }) =>
  [...text.matchAll(new RegExp(`${REPOSITORY}/(?:blob|tree)/main/([^)#\\s]+)`, 'g'))].map(
    ([, path]) => ({ name, path: path! }),
  ),
);

describe('the pages in docs', () => {
  it('should each have their line in the sidebar, and each line its page', () => {
    const written = pages.map(({ name }) => name).filter((name) => name !== 'index.md');
    const listed = pageFiles.filter((file) => file !== 'api/index.md');
    expect(written.toSorted()).toEqual(listed.toSorted());
  });

  it.each(pages.filter(({ name }) => name !== 'index.md'))(
    'should begin with a title and a sentence: $name',
    ({ text }) => expect(text).toMatch(/^# .+\n\n\S/),
  );

  it('should name every file of a page once', () => {
    const names = snippets.map(({ snippet }) => snippet.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(links)('should lead from $name to a file of the repository: $path', ({ path }) => {
    expect(existsSync(join(root, path))).toBe(true);
  });
});

describe('the code in docs', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = programOf(snippets.map(({ snippet }) => snippet));
  }, 120_000);

  it.each(snippets)('should compile: $snippet.name', ({ snippet }) => {
    expect(errorsIn(program, snippet)).toEqual([]);
  });
});
