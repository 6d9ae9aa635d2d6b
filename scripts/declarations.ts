import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'rolldown';

/** Emits what tsc declared beside what was bundled, so that editors show it whole and a `require` finds its types. */
export function declarations({ from, commonJS }: { from: string; commonJS: boolean }): Plugin {
  return {
    name: 'declarations',
    generateBundle() {
      for (const fileName of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
        if (!fileName.endsWith('.d.ts')) continue;
        const declared = wholeExamples(readFileSync(`${from}/${fileName}`, 'utf8'));
        const source = commonJS ? fromCommonJS(declared) : declared;
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}

/**
 * Rewrites the decorators in the examples of doc comments into what is the same and TypeScript takes for no tag, where editors
 * would cut the hover: no line starts with `@`, and no `@` after white space is followed by a name.
 */
function wholeExamples(text: string): string {
  return text.replace(/^( *\* )```ts\n(?: *\*.*\n)*? *\* ```$/gm, (example, margin: string) =>
    example
      .split('\n')
      .map((line) => line.slice(margin.length))
      .reduce<string[]>(withoutTag, [])
      .map((line) => (margin + line).trimEnd())
      .join('\n'),
  );
}

/** The first decorator of a declaration follows an empty statement, the others the one before. */
function withoutTag(lines: string[], line: string): string[] {
  const [, indent, decorator] = /^( *)(@.*)$/.exec(line) ?? [];
  if (decorator === undefined) return [...lines, line.replace(/(?<=\s)@(?=\w)/g, '@ ')];
  const rest = decorator.replace(/(?<=\s)@(?=\w)/g, '@ ');
  const last = lines.at(-1)!;
  return /(?:^|[{};]|^ *\/\/.*|^```ts)$/.test(last)
    ? [...lines, `${indent};${rest}`]
    : [...lines.slice(0, -1), last + rest];
}

/** jose is an ES module only: a CommonJS declaration may name its types, and has to say so. */
function fromCommonJS(text: string): string {
  return text.replace(
    /^(import|export) (?:type )?\{(.+?)\} from 'jose';$/gm,
    (_, keyword: string, names: string) =>
      `${keyword} type {${names.replace(/\btype /g, '')}} from 'jose' with { 'resolution-mode': 'import' };`,
  );
}
