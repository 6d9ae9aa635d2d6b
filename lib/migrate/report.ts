import type { Migration } from './migrate.js';
import { unifiedDiff } from './unified-diff.js';

/** A migration as it is printed: the difference of each file, then what is done, and what is left and why. */
export function migrationReport(
  { files, done, left, unused }: Migration,
  written: boolean,
): string {
  const diffs = files.map(({ name, before, after }) => unifiedDiff(name, before, after));
  return [
    ...diffs,
    section(
      written ? 'Done:' : 'To be done:',
      done.map(({ place, what }) => `${place}  ${oneLine(what)}`),
    ),
    section(
      'Left as it is:',
      left.map(({ place, what, reason }) => `${place}  ${oneLine(what)}: ${reason}`),
    ),
    section('No route is guarded by these any longer; they are yours to delete:', unused),
    conclusion(files.length, left.length, written),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function conclusion(files: number, left: number, written: boolean): string {
  if (files === 0) return left === 0 ? 'Nothing to migrate.' : 'Nothing is changed.';
  return written
    ? 'Next: build, run your tests, and nestjs-security audit <main.js>.'
    : 'Nothing is written: run it again with --write.';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
