// @ts-check
// Writes `dist` of what tsc wrote; rolldown's own command would list each of its hundreds of files.
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';

const config = await loadConfig('rolldown.config.ts');
if (typeof config === 'function') throw new Error('rolldown.config.ts exports its options');
for (const options of [config].flat()) {
  const bundle = await rolldown({ ...options, logLevel: 'warn' });
  for (const output of [options.output ?? {}].flat()) await bundle.write(output);
  await bundle.close();
}
