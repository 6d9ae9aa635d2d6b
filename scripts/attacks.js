// @ts-check
// Writes into SECURITY.md what the tests of security attack, by the titles of their groups; with --check it compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const PAGE = 'SECURITY.md';
/** Prettier would pad every row to the longest. */
const PLACE = /(?<=<!-- attacks -->\n<!-- prettier-ignore -->\n).*?(?=\n\n<!-- \/attacks -->)/s;
const FOLDER = 'test/security';

const rows = readdirSync(FOLDER)
  .filter((name) => name.endsWith('spec.ts'))
  .map((name) => {
    const title = name.replace(/\.spec\.ts$|\.e2e-spec\.ts$/, '');
    return `| [${title}](${FOLDER}/${name}) | ${groupsIn(`${FOLDER}/${name}`).join('; ')} |`;
  });
const table = ['| tests | what they attack |', '| --- | --- |', ...rows].join('\n');
const page = readFileSync(PAGE, 'utf8');

if (!process.argv.includes('--check'))
  writeFileSync(
    PAGE,
    page.replace(PLACE, () => table),
  );
else if (PLACE.exec(page)?.[0] !== table) {
  console.error('SECURITY.md lists other tests than there are: node scripts/attacks.js writes it');
  process.exitCode = 1;
}

/** The titles of a file's innermost groups. @param {string} path */
function groupsIn(path) {
  const text = readFileSync(path, 'utf8');
  const titles = innermost(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return [...new Set(titles.map(plain))].filter((title) => title !== '');
}

/** @param {ts.Node} node @returns {string[]} */
function innermost(node) {
  const title = titleOf(node);
  /** @type {string[]} */
  const nested = [];
  node.forEachChild((child) => {
    nested.push(...innermost(child));
  });
  return nested.length === 0 && title !== undefined ? [title] : nested;
}

/** What a `describe(title, …)` or `describe.each(…)(title, …)` is called. @param {ts.Node} node */
function titleOf(node) {
  if (!ts.isCallExpression(node)) return undefined;
  const [title] = node.arguments;
  if (title === undefined || !ts.isStringLiteralLike(title)) return undefined;
  return /^describe\b/.test(node.expression.getText()) ? title.text : undefined;
}

/** Without what stands for the cases of a group. @param {string} title */
function plain(title) {
  return title
    .replace(/^T\d+ /, '')
    .replace(/ (on|of|by|to|for|over TCP) [$%]\w+/g, '')
    .replaceAll(/[$%]\w+/g, '')
    .replace(/^[\s:,]+|[\s:,]+$/g, '')
    .replaceAll('|', '\\|');
}
