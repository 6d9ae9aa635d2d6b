// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

const PAGE = 'docs/reference/compatibility.md';
const PLACE = /(?<=<!-- matrix -->\n\n).*?(?=\n\n<!-- \/matrix -->)/s;

/** @typedef {{ node: number, nest: number, adapter: string, modules: string, failures: string[] }} Cell */

/** The table of the page: a row for each version of Node and Nest, a column for each adapter and kind of modules. @param {Cell[]} cells */
export async function tableOf(cells) {
  const columns = [...new Set(cells.map(columnOf))];
  const rows = [...new Set(cells.map(rowOf))];
  const lines = rows.map((row) => {
    const results = columns.map((column) => {
      const cell = cells.find((each) => rowOf(each) === row && columnOf(each) === column);
      return cell?.failures.length === 0 ? 'yes' : 'no';
    });
    return `| ${[row, ...results].join(' | ')} |`;
  });
  const head = ['', ...columns];
  const text = [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...lines];
  return (await format(text.join('\n'), { parser: 'markdown' })).trim();
}

/** @param {string} table */
export function writeTable(table) {
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(PLACE, () => table),
  );
}

/** Whether the page says what came out. @param {string} table */
export function isOnPage(table) {
  return PLACE.exec(readFileSync(PAGE, 'utf8'))?.[0] === table;
}

/** @param {Cell} cell */
const rowOf = ({ node, nest }) => `Node ${node}, Nest ${nest}`;
/** @param {Cell} cell */
const columnOf = ({ adapter, modules }) => `${adapter}, ${modules}`;
