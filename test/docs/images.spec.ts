import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages } from './pages.js';
import { root } from './snippets.js';

const folder = join(root, 'docs/images');
const files = readdirSync(folder);
/** Every picture of a page, by its file in that folder. */
const shown = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/!\[(.*?)\]\((.+?)\)/g)].map(([, alternative, path]) => ({
    page: name,
    alternative: alternative!,
    file: relative(folder, join(root, 'docs', dirname(name), path!)),
  })),
);

describe('the pictures in docs', () => {
  it('should each be on a page, and each page have its pictures', () => {
    expect([...new Set(shown.map(({ file }) => file))].toSorted()).toEqual(files.toSorted());
  });

  it.each(files)('should load quickly: %s', (file) => {
    expect(statSync(join(folder, file)).size).toBeLessThan(80_000);
  });

  it.each(shown)('should say in words what $file shows', ({ alternative }) => {
    expect(alternative.length).toBeGreaterThan(20);
  });
});
