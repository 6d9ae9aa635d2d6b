import { inFreshProcess, STEADY_HEAP } from '../measure/child.js';
import { shuffled } from '../measure/shuffle.js';
import { ratios, type Summary, summarize } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';
import { type Target, target } from '../report/targets.js';
import { type Growth, GROWTH_CONTENDERS, type GrowthContender } from './contender.js';

export const QUANTITIES = [
  'boot',
  'start',
  'document',
  'documentAgain',
  'heap',
  'documentHeap',
] as const;

export type Quantity = (typeof QUANTITIES)[number];

/** One number of routes; times in ms of CPU, memory in bytes, ratios to the same application by hand. */
export interface GrowthFinding {
  readonly routes: number;
  readonly contender: GrowthContender;
  readonly of: Readonly<Record<Quantity, Summary>>;
  readonly ratios: Readonly<Record<Quantity, Summary>>;
}

/** @throws Error where one contender's document says other than what another's says. */
export async function grow(routes: number, rounds: number): Promise<GrowthFinding[]> {
  const samples = new Map<GrowthContender, Growth[]>(GROWTH_CONTENDERS.map((each) => [each, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of shuffled(GROWTH_CONTENDERS)) {
      const args = [contender, String(routes)];
      const growth = await inFreshProcess<Growth>('growth/application.js', args, STEADY_HEAP);
      samples.get(contender)!.push(growth);
    }
  }
  assertSameDocuments(samples);
  const of = (contender: GrowthContender, key: Quantity) =>
    samples.get(contender)!.map((growth) => growth[key]);
  return GROWTH_CONTENDERS.map((contender) => ({
    routes,
    contender,
    of: each((key) => summarize(of(contender, key))),
    ratios: each((key) => summarize(ratios(of(contender, key), of('by hand', key)))),
  }));
}

/** No dearer than 1.05 x by hand, and no more memory. */
export function growthTargets(found: readonly GrowthFinding[]): Target[] {
  return found
    .filter(({ contender }) => contender.startsWith('nestjs-security'))
    .flatMap(({ routes, contender, ratios: over }) =>
      QUANTITIES.map((key) =>
        target(
          `growth: ${key}, ${contender}, ${routes} routes, x by hand`,
          key.endsWith('eap') ? 1 : 1.05,
          over[key],
        ),
      ),
    );
}

function each(summaryOf: (key: Quantity) => Summary): Record<Quantity, Summary> {
  return Object.fromEntries(QUANTITIES.map((key) => [key, summaryOf(key)])) as Record<
    Quantity,
    Summary
  >;
}

function assertSameDocuments(samples: ReadonlyMap<GrowthContender, readonly Growth[]>): void {
  const digestOf = (contender: GrowthContender) => samples.get(contender)![0]!.digest;
  const others = GROWTH_CONTENDERS.filter((contender) => contender !== 'plain');
  const other = others.find((contender) => digestOf(contender) !== digestOf('by hand'));
  if (other !== undefined) throw new Error(`growth: ${other} documents other than by hand`);
}

export function growthTable(found: readonly GrowthFinding[]): string {
  const rows = found.map(({ routes, contender, of, ratios: over }) => [
    contender === 'plain' ? String(routes) : '',
    contender.startsWith('nestjs-security') ? `* ${contender}` : `  ${contender}`,
    ...QUANTITIES.flatMap((key) => [
      (of[key].median / (key.endsWith('eap') ? 2 ** 20 : 1)).toFixed(key.endsWith('eap') ? 1 : 0),
      spread(over[key]),
    ]),
  ]);
  return table(
    'Growth, in fresh processes: CPU ms to boot, to start (decorators of the classes, then boot) and to create the document, first and again, and MiB that remain of each; ratios to a guard on each class with the same documentation on each route',
    [
      'routes',
      '',
      ...['boot', 'start', 'document', 'again', 'MiB', 'document MiB'].flatMap((name) => [
        name,
        'x by hand',
      ]),
    ],
    rows,
  );
}
