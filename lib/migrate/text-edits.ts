/** A range of a file's text, and what takes its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text after its edits; what two of them remove is removed once. */
export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let at = 0;
  let result = '';
  for (const { start, end, text } of inOrder(edits)) {
    if (start < at) {
      if (start === end) result += text;
      at = Math.max(at, end);
      continue;
    }
    result += source.slice(at, start) + text;
    at = end;
  }
  return result + source.slice(at);
}

/** Insertions first. */
function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort(
    (a, b) =>
      a.start - b.start || Number(b.start === b.end) - Number(a.start === a.end) || b.end - a.end,
  );
}

/** Removes a range, and the line that it leaves empty. */
export function removal(source: string, start: number, end: number): TextEdit {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const nextLine = source.indexOf('\n', end);
  const before = source.slice(lineStart, start);
  const after = source.slice(end, nextLine === -1 ? undefined : nextLine);
  if (before.trim() === '' && after.trim() === '') {
    return { start: lineStart, end: nextLine === -1 ? source.length : nextLine + 1, text: '' };
  }
  return { start, end: end + (/^[ \t]+/.exec(after)?.[0].length ?? 0), text: '' };
}

/** Removes an element of a list, and the comma that it leaves. */
export function listRemoval(source: string, start: number, end: number): TextEdit {
  const comma = /^\s*,/.exec(source.slice(end));
  if (comma !== null) return removal(source, start, end + comma[0].length);
  const before = /,\s*$/.exec(source.slice(0, start));
  return before === null
    ? removal(source, start, end)
    : { start: start - before[0].length, end, text: '' };
}
