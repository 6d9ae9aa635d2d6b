import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { readDocument } from './markdown.js';
import { root } from './snippets.js';

const rows = [...readDocument('SECURITY.md').matchAll(/^\| T(\d+)(?:–T(\d+))? +\|(.*)\|$/gm)].map(
  ([, first, last = first, text]) => ({ first: Number(first), last: Number(last), text: text! }),
);
const numbers = rows.flatMap(({ first, last }) =>
  Array.from({ length: last - first + 1 }, (_each, index) => first + index),
);
/** Rows that no test shows, and which say so. */
const open = rows.filter(({ text }) => text.replace(/ \*\*open\*\*.*/, '').length < 30);
const shown = [
  ...new Set(
    ts.sys
      .readDirectory(join(root, 'test'), ['.ts'], ['nest-11', 'docs'])
      .flatMap((file) => [...ts.sys.readFile(file)!.matchAll(/['"`]T(\d+)\b/g)])
      .map(([, number]) => Number(number)),
  ),
];

it('should list in SECURITY.md every group of tests that carries a number', () => {
  expect(numbers.length).toBeGreaterThan(60);
  expect(shown.filter((number) => !numbers.includes(number))).toEqual([]);
});

it('should say of no row in SECURITY.md that tests show it where none do', () => {
  const promised = numbers.filter((number) => !open.some(({ first }) => first === number));
  expect(promised.filter((number) => !shown.includes(number))).toEqual([]);
});
