import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

const README = 'test/benchmark/README.md';

/** What the figures stand between in the page. */
const FIGURES = /(?<=<!-- figures -->\n)[^]*(?=<!-- \/figures -->)/;

/**
 * Writes a run's figures as Markdown beside its JSON.
 *
 * @param readme Whether they take the place of those in the page, too.
 * @returns The names of what was written.
 */
export async function publish(figures: string, json: string, readme: boolean): Promise<string> {
  const markdown = json.replace(/(?:\.json)?$/, '.md');
  await writeFile(markdown, figures);
  if (!readme) return markdown;
  const page = (await readFile(README, 'utf8')).replace(FIGURES, () => `\n${figures}\n`);
  const options = await resolveConfig(README);
  await writeFile(README, await format(page, { ...options, parser: 'markdown' }));
  return `${markdown} and ${README}`;
}
