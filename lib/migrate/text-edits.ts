/** A range of a file's text, and what takes its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with the line ends of another: those of its first line. */
export function withLineEnds(text: string, like: string): string {
  return /^[^\n]*\r\n/.test(like) ? text.replaceAll(/\r?\n/g, '\r\n') : text;
}

/** A text after its edits; overlapping removals are allowed. */
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

/** An element of a list, as the syntax tree has it. */
interface Element {
  getFullStart(): number;
  getStart(): number;
  getEnd(): number;
}

/** Removes elements of a list, and the commas that they leave. */
export function listRemovals<Node extends Element>(
  source: string,
  elements: readonly Node[],
  isGone: (element: Node) => boolean,
): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let first = 0; first < elements.length; first++) {
    if (!isGone(elements[first]!)) continue;
    let last = first;
    while (last + 1 < elements.length && isGone(elements[last + 1]!)) last++;
    edits.push(runRemoval(source, elements, first, last));
    first = last;
  }
  return edits;
}

function runRemoval(
  source: string,
  elements: readonly Element[],
  first: number,
  last: number,
): TextEdit {
  const [from, to] = [elements[first]!, elements[last]!];
  const [before, after] = [elements[first - 1], elements[last + 1]];
  if (after === undefined) {
    const comma =
      before === undefined ? (/^\s*,/.exec(source.slice(to.getEnd()))?.[0].length ?? 0) : 0;
    return { start: before?.getEnd() ?? from.getStart(), end: to.getEnd() + comma, text: '' };
  }
  const isOnFirstLine = !source.slice(from.getFullStart(), from.getStart()).includes('\n');
  return before === undefined && isOnFirstLine
    ? { start: from.getStart(), end: after.getStart(), text: '' }
    : { start: from.getFullStart(), end: after.getFullStart(), text: '' };
}
