import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Snippet } from './snippets.js';

export const readDocument = (name: string) => readFileSync(join(root, name), 'utf8');

/**
 * The code blocks of a language, in order.
 *
 * A block whose first line is a comment with a file name, `// app.module.ts`, has that name.
 */
export function codeBlocks(markdown: string, language: string): Required<Snippet>[] {
  const fences = markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'));
  return [...fences].map(({ 0: block, 1: text = '', index }, position) => ({
    name: /^\/\/ (\S+\.ts)$/m.exec(text.split('\n', 1)[0]!)?.[1] ?? `block-${position + 1}.ts`,
    text,
    linesBefore: markdown.slice(0, index + block.indexOf('\n') + 1).split('\n').length - 1,
  }));
}

/** The targets of all links and images that do not lead to another site. */
export function relativeLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '');
  const links = prose.matchAll(/\]\(([^)\s]+)[^)]*\)|\b(?:src|href)="([^"]+)"/g);
  return [...links].map(([, link, attribute]) => (link ?? attribute)!).filter(isRelative);
}

const isRelative = (target: string) => !/^[a-z]+:/i.test(target);

/** The fragments that GitHub makes of a document's headings. */
export function anchors(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
