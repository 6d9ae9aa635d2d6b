import { parseArgs } from 'node:util';

export const SECTIONS = [
  'guards',
  'jwt',
  'graphql',
  'websockets',
  'load',
  'growth',
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
}

export function readOptions(args: readonly string[]): BenchmarkOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string', default: 'build/benchmark.json' },
      only: { type: 'string', multiple: true, default: [...SECTIONS] },
    },
  });
  for (const section of values.only) {
    if (!SECTIONS.includes(section as Section)) {
      throw new Error(`--only ${section}: name one of ${SECTIONS.join(', ')}`);
    }
  }
  return { quick: values.quick, json: values.json, sections: values.only as Section[] };
}
