import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'rolldown';

/** White space for every compiler, of no width. */
const NOTHING = '\uFEFF';

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

/** TypeScript ends the text of a doc comment at the first line that starts with `@`, also within an example. */
function wholeExamples(text: string): string {
  return text.replace(/^ *\* ```ts\n(?: *\*.*\n)*? *\* ```$/gm, (example) =>
    example.replace(/^( *\* *)@/gm, `$1${NOTHING}@`),
  );
}

/** jose is an ES module only: a CommonJS declaration may name its types, and has to say so. */
function fromCommonJS(text: string): string {
  return text.replace(
    /^(import|export) (?:type )?\{(.+?)\} from 'jose';$/gm,
    (_, keyword: string, names: string) =>
      `${keyword} type {${names.replace(/\btype /g, '')}} from 'jose' with { 'resolution-mode': 'import' };`,
  );
}
