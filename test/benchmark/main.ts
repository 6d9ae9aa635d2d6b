import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { environment } from './environment.js';
import { readOptions } from './options.js';
import { publish } from './report/publish.js';
import { target, type Target, targetTable } from './report/targets.js';
import { sections } from './sections.js';

const MINUTES = 10;

const { quick, json, readme, sections: asked } = readOptions(process.argv.slice(2));
const machine = environment();
const results: Record<string, unknown> = { machine, quick };
const texts = [`${Object.values(machine).join(', ')}.\n`];
const targets: Target[] = [];

const start = performance.now();
console.log(texts[0]);
console.log('Only ratios hold: the same machine differs from minute to minute.\n');
for (const section of asked) {
  const report = await sections[section](quick);
  console.log(report.text);
  texts.push(report.text);
  results[section] = report.results;
  targets.push(...(report.targets ?? []));
}
const minutes = (performance.now() - start) / 60_000;
targets.push(target('minutes that this took', MINUTES, minutes));
const verdict = targetTable(targets);
console.log(verdict);
texts.push(verdict);
await mkdir(dirname(json), { recursive: true });
await writeFile(json, `${JSON.stringify({ ...results, targets, minutes }, null, 2)}\n`);
console.log(
  `Written to ${json}, and as Markdown to ${await publish(texts.join('\n'), json, readme)}`,
);
