/** How many lines are shown around a change. */
const CONTEXT = 3;

/** The difference of two texts of a file, as `git apply` takes it. */
export function unifiedDiff(name: string, before: string | undefined, after: string): string {
  const old = before === undefined ? [] : linesOf(before);
  const now = linesOf(after);
  const header = [`--- ${before === undefined ? '/dev/null' : `a/${name}`}`, `+++ b/${name}`];
  return [...header, ...hunks(changedLines(old, now))].join('\n');
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** The lines of both texts, each with a prefix: ` ` where it stays, `-` or `+`. */
function changedLines(old: readonly string[], now: readonly string[]): readonly string[] {
  const width = now.length + 1;
  const length = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      const at = row * width + column;
      length[at] =
        old[row] === now[column]
          ? length[at + width + 1]! + 1
          : Math.max(length[at + width]!, length[at + 1]!);
    }
  }
  const lines: string[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const at = row * width + column;
    if (row < old.length && column < now.length && old[row] === now[column]) {
      lines.push(` ${old[row++]}`);
      column++;
    } else if (
      column === now.length ||
      (row < old.length && length[at + width]! >= length[at + 1]!)
    ) {
      lines.push(`-${old[row++]}`);
    } else lines.push(`+${now[column++]}`);
  }
  return lines;
}

function hunks(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const { from, to } of hunkRanges(lines)) {
    const part = lines.slice(from, to);
    const count = (list: readonly string[], sign: string) =>
      list.filter((line) => !line.startsWith(sign)).length;
    const start = (sign: string) => {
      const before = count(lines.slice(0, from), sign);
      return count(part, sign) === 0 ? before : before + 1;
    };
    result.push(
      `@@ -${start('+')},${count(part, '+')} +${start('-')},${count(part, '-')} @@`,
      ...part,
    );
  }
  return result;
}

function hunkRanges(lines: readonly string[]): readonly { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  lines.forEach((line, index) => {
    if (line.startsWith(' ')) return;
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(lines.length, index + CONTEXT + 1);
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else ranges.push({ from, to });
  });
  return ranges;
}
