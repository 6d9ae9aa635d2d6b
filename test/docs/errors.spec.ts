import { expect, it } from 'vitest';
import { configurationErrors } from './configuration-errors.js';
import { readDocument } from './markdown.js';

const rows = readDocument('docs/reference/errors.md')
  .split('\n')
  .flatMap((line) => /^\| `(.+?)` +\| (.*?) *\|$/.exec(line)?.slice(1) ?? []);
const listed = rows.filter((_cell, index) => index % 2 === 0);
const fixes = rows.filter((_cell, index) => index % 2 === 1);

it('should list every message of a ConfigurationError, and none that is gone', () => {
  expect(configurationErrors().length).toBeGreaterThan(60);
  expect(listed.toSorted()).toEqual(configurationErrors());
}, 60_000);

it('should say of every message what to change', () => {
  expect(fixes.filter((fix) => fix.length < 10)).toEqual([]);
});
