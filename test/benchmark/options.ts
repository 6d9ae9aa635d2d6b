import { parseArgs } from 'node:util';

export const SECTIONS = [
  'guards',
  'jwt',
  'graphql',
  'websockets',
  'microservices',
  'load',
  'growth',
  'instances',
  'import',
] as const;

export type Section = (typeof SECTIONS)[number];

/** What the command line asks for. */
export interface BenchmarkOptions {
  /** Everything once, in about a minute: to see that it runs, and which way the wind blows. */
  readonly quick: boolean;
  /** Where the results go. */
  readonly json: string;
  readonly sections: readonly Section[];
  /** Whether the figures of `README.md` are to be those of this run. */
  readonly readme: boolean;
}

export function readOptions(args: readonly string[]): BenchmarkOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string', default: 'build/benchmark.json' },
      readme: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [...SECTIONS] },
    },
  });
  for (const section of values.only) {
    if (!SECTIONS.includes(section as Section)) {
      throw new Error(`--only ${section}: name one of ${SECTIONS.join(', ')}`);
    }
  }
  const { quick, json, readme } = values;
  return { quick, json, readme, sections: values.only as Section[] };
}
