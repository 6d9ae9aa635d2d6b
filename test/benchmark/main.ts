import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { environment } from './environment.js';
import { readOptions } from './options.js';
import { sections } from './sections.js';

const { quick, json, sections: asked } = readOptions(process.argv.slice(2));
const machine = environment();
const results: Record<string, unknown> = { machine, quick };

console.log(Object.values(machine).join(' | '));
console.log('Only ratios hold: the same machine differs from minute to minute.\n');
for (const section of asked) {
  const report = await sections[section](quick);
  console.log(report.text);
  results[section] = report.results;
}
await mkdir(dirname(json), { recursive: true });
await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
console.log(`Written to ${json}`);
