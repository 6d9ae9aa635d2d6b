import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type OutputOptions, type Plugin, type RolldownOptions } from 'rolldown';
import { declarations } from './scripts/declarations.js';
import { commands, entryPoints, schematics } from './scripts/entry-points.js';

const COMPILED = 'build/lib';
const input = (modules: string[]) =>
  Object.fromEntries(modules.map((module) => [module, `${COMPILED}/${module}.js`]));
const exported = entryPoints.map(({ module }) => module);
// What is shipped is what was tested: a call whose result nobody uses may be there to throw.
const treeshake = false;
const output: OutputOptions = {
  keepNames: true,
  minify: false,
  cleanDir: false,
  chunkFileNames: 'shared/[name].js',
};

// Node spends more time finding and opening a hundred modules than running them: each entry point is one file,
// and what several share is another.
const esModules: RolldownOptions = {
  input: input([...exported, ...commands]),
  treeshake,
  external: /^[^./]/,
  plugins: [
    namedClasses(),
    declarations({ from: COMPILED, commonJS: false }),
    ...readdirSync('lib/schematics')
      .filter((name) => name.endsWith('.json'))
      .map((name) => asset(`schematics/${name}`, readFileSync(`lib/schematics/${name}`, 'utf8'))),
  ],
  output: { ...output, dir: 'dist' },
};

/** For what cannot load ES modules: Jest, older bundlers. jose, which is nothing else, is inside. */
const commonJS: RolldownOptions = {
  input: input([...exported, ...schematics]),
  treeshake,
  platform: 'node',
  external: /^(?!jose(?:\/|$))[^./]/,
  plugins: [
    namedClasses(),
    declarations({ from: COMPILED, commonJS: true }),
    asset('package.json', '{ "type": "commonjs" }\n'),
    asset('LICENSE.jose.md', readFileSync('node_modules/jose/LICENSE.md', 'utf8')),
  ],
  // Jest refuses import() where it is not told otherwise.
  output: {
    ...output,
    dir: 'dist/cjs',
    format: 'cjs',
    exports: 'named',
    dynamicImportInCjs: false,
  },
};

export default defineConfig([esModules, commonJS]);

/**
 * Rolldown writes `var Name = class {`, whose name is that of the variable, which an application's own bundler shortens
 * even where it is told to keep the names of classes.
 */
function namedClasses(): Plugin {
  return {
    name: 'named-classes',
    renderChunk: (code) =>
      code.replaceAll(/^var (\w+) = class(?= extends | \{)/gm, 'var $1 = class $1'),
  };
}

function asset(fileName: string, source: string): Plugin {
  return {
    name: fileName,
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
