import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inFreshProcess } from '../measure/child.js';
import { summarize, type Summary } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';

/** Two of Nest's own modules for comparison, one of which is always there already. */
const SPECIFIERS = ['@nestjs/core', 'nestjs-security', '@nestjs/passport'];

const OPTIONAL = ['@nestjs/swagger', 'jose', 'class-validator', 'passport-http-bearer'];

/** What an import costs where Nest is loaded already, in ms. */
export interface ImportCost {
  readonly specifier: string;
  readonly wall: Summary;
  readonly cpu: Summary;
  /** Modules in all, Nest's included. */
  readonly modules: number;
  readonly loaded: readonly string[];
}

export async function importCosts(rounds: number): Promise<ImportCost[]> {
  const samples = new Map<string, { wall: number; cpu: number }[]>(
    SPECIFIERS.map((specifier) => [specifier, []]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const specifier of SPECIFIERS) {
      samples.get(specifier)!.push(await inFreshProcess('imports/import.js', [specifier]));
    }
  }
  return SPECIFIERS.map((specifier) => {
    const modules = loadedBy(specifier);
    return {
      specifier,
      wall: summarize(samples.get(specifier)!.map(({ wall }) => wall)),
      cpu: summarize(samples.get(specifier)!.map(({ cpu }) => cpu)),
      modules: modules.length,
      loaded: OPTIONAL.filter((name) =>
        modules.some((url) => url.includes(`/node_modules/${name}/`)),
      ),
    };
  });
}

function loadedBy(specifier: string): string[] {
  const script = fileURLToPath(new URL('loaded-modules.js', import.meta.url));
  const output = execFileSync(process.execPath, [script, specifier], { encoding: 'utf8' });
  return [...new Set(output.split('\n').filter((line) => /^(file:|\/)/.test(line)))];
}

export function importTable(costs: readonly ImportCost[]): string {
  const rows = costs.map(({ specifier, wall, cpu, modules, loaded }) => [
    specifier === 'nestjs-security' ? `* ${specifier}` : `  ${specifier}`,
    `${modules}`,
    spread(wall, 1),
    spread(cpu, 1),
    loaded.join(', ') || 'none',
  ]);
  return table(
    'Import, in fresh processes that have loaded @nestjs/common and @nestjs/core: ms',
    ['import', 'modules in all', 'wall', 'CPU', `of ${OPTIONAL.join(', ')}`],
    rows,
  );
}
