import type { Summary } from '../measure/statistics.js';

/** Rows under a heading, as Markdown: so that they can be pasted. What begins with a star is ours, and bold. */
export function table(heading: string, columns: readonly string[], rows: readonly string[][]) {
  const cells = [columns, ...rows].map((row) => row.map(written));
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((row) => row[index]!.length)));
  const isText = (index: number) =>
    cells.slice(1).every((row) => row[index] === '' || !/^(?:-|-?\d)/.test(row[index]!));
  const line = (row: readonly string[]) =>
    `| ${row
      .map((cell, index) =>
        isText(index) ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, index) =>
    isText(index) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head, ...body] = cells;
  return [`${heading}:`, '', line(head!), `| ${rule.join(' | ')} |`, ...body.map(line), ''].join(
    '\n',
  );
}

function written(cell: string): string {
  return cell.startsWith('* ') ? `**${cell.slice(2)}**` : cell.trim();
}

/** A median with its quartiles, such as `0.31 (0.30-0.33)`. */
export function spread({ median, q25, q75 }: Summary, digits = 2): string {
  if (Number.isNaN(median)) return '-';
  return `${median.toFixed(digits)} (${q25.toFixed(digits)}-${q75.toFixed(digits)})`;
}
