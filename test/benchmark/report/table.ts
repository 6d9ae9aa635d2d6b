import type { Summary } from '../measure/statistics.js';

/** Rows under a heading, in columns as wide as their widest cell; numbers to the right. */
export function table(heading: string, columns: readonly string[], rows: readonly string[][]) {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) =>
        /^[-\d]/.test(cell) || index > 1
          ? cell.padStart(widths[index]!)
          : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [heading, '', line(columns), rule, ...rows.map(line), ''].join('\n');
}

/** A median with its quartiles, such as `0.31 (0.30-0.33)`. */
export function spread({ median, q25, q75 }: Summary, digits = 2): string {
  if (Number.isNaN(median)) return '-';
  return `${median.toFixed(digits)} (${q25.toFixed(digits)}-${q75.toFixed(digits)})`;
}
