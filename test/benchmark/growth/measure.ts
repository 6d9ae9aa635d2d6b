import { inFreshProcess, STEADY_HEAP } from '../measure/child.js';
import { shuffled } from '../measure/shuffle.js';
import { median, ratios, type Summary, summarize } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';
import type { Growth, GrowthContender } from './contender.js';

const CONTENDERS: GrowthContender[] = ['plain', 'guard', 'nestjs-security'];

/** One number of routes; ratios to the same application with a hand-written guard and `@ApiBearerAuth()`. */
export interface GrowthFinding {
  readonly routes: number;
  readonly contender: GrowthContender;
  readonly boot: Summary;
  readonly document: Summary;
  readonly documentAgain: Summary;
  readonly bytesPerRoute: number;
  readonly ratios: Readonly<Record<'boot' | 'document' | 'documentAgain', Summary>>;
}

export async function grow(routes: number, rounds: number): Promise<GrowthFinding[]> {
  const samples = new Map<GrowthContender, Growth[]>(CONTENDERS.map((each) => [each, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of shuffled(CONTENDERS)) {
      const args = [contender, String(routes)];
      const growth = await inFreshProcess<Growth>('growth/application.js', args, STEADY_HEAP);
      samples.get(contender)!.push(growth);
    }
  }
  const of = (contender: GrowthContender, key: keyof Growth) =>
    samples.get(contender)!.map((growth) => growth[key]);
  return CONTENDERS.map((contender) => {
    const ratio = (key: keyof Growth) => summarize(ratios(of(contender, key), of('guard', key)));
    return {
      routes,
      contender,
      boot: summarize(of(contender, 'boot')),
      document: summarize(of(contender, 'document')),
      documentAgain: summarize(of(contender, 'documentAgain')),
      bytesPerRoute: (median(of(contender, 'heap')) - median(of('plain', 'heap'))) / routes,
      ratios: {
        boot: ratio('boot'),
        document: ratio('document'),
        documentAgain: ratio('documentAgain'),
      },
    };
  });
}

export function growthTable(found: readonly GrowthFinding[]): string {
  const rows = found.map(({ routes, contender, boot, document, documentAgain, ...rest }) => [
    contender === 'plain' ? String(routes) : '',
    contender === 'nestjs-security' ? `* ${contender}` : `  ${contender}`,
    boot.median.toFixed(0),
    spread(rest.ratios.boot),
    document.median.toFixed(0),
    spread(rest.ratios.document),
    documentAgain.median.toFixed(0),
    spread(rest.ratios.documentAgain),
    rest.bytesPerRoute.toFixed(0),
  ]);
  return table(
    'Growth, in fresh processes: CPU ms to boot and to create the document, first and again; ratios to a guard and @ApiBearerAuth() on each class',
    ['routes', '', 'boot', 'x guard', 'document', 'x guard', 'again', 'x guard', 'bytes/route'],
    rows,
  );
}
