import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteConfig } from 'vitepress';
import { pageFiles } from './sidebar.js';

interface Page {
  title: string;
  /** Its first sentence, which says what the page is for. */
  summary: string;
  url: string;
  text: string;
}

/** Writes the site for programs that read: `llms.txt`, a list of the pages, and `llms-full.txt`, their text. */
export async function writeLlmsTxt({ srcDir, outDir, site }: SiteConfig): Promise<void> {
  const pages = await Promise.all(pageFiles.map((file) => readPage(srcDir, file)));
  const list = pages.map(({ title, url, summary }) => `- [${title}](${url}): ${summary}`);
  const head = `# ${site.title}\n\n> ${site.description}\n`;
  await writeFile(join(outDir, 'llms.txt'), `${head}\n## Pages\n\n${list.join('\n')}\n`);
  const texts = pages.map(({ url, text }) => `<!-- ${url} -->\n\n${text}`);
  await writeFile(join(outDir, 'llms-full.txt'), texts.join('\n\n'));
}

async function readPage(srcDir: string, file: string): Promise<Page> {
  const text = (await readFile(join(srcDir, file), 'utf8')).replace(/^---\n.*?\n---\n/s, '').trim();
  const [, title = file, rest = ''] = /^# ([^\n]+)\n(.*)$/s.exec(text) ?? [];
  const [paragraph = ''] = rest.trim().split(/\n\n/, 1);
  const [sentence = ''] = paragraph.replaceAll('\n', ' ').split(/(?<=\.)\s/, 1);
  const url = `/${file.replace(/(?:(?:^|\/)index)?\.md$/, '')}`;
  return { title, summary: sentence, url, text };
}
