import { differences, ratios, type Summary, summarize } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';

/** CPU nanoseconds of a field after the first of its operation, whole and over one without a guard. */
export interface FieldFinding {
  readonly case: string;
  readonly contender: string;
  readonly whole: Summary;
  readonly over: Summary;
  /** Of what is over no guard. */
  readonly ratios: Readonly<Record<string, Summary>>;
}

const REFERENCES = ['hand-written', 'passport'] as const;

export function fieldFindings(cpu: Readonly<Record<string, readonly number[]>>): FieldFinding[] {
  const over = (contender: string) => differences(cpu[contender]!, cpu['no guard']!);
  return Object.entries(cpu).map(([contender, sample]) => ({
    case: 'field',
    contender,
    whole: summarize(sample),
    over: summarize(over(contender)),
    ratios: Object.fromEntries(
      REFERENCES.map((name) => [name, summarize(ratios(over(contender), over(name)))]),
    ),
  }));
}

export function fieldTable(found: readonly FieldFinding[]): string {
  const rows = found.map(({ contender, whole, over, ratios: compared }) => [
    contender === 'nestjs-security' ? `* ${contender}` : contender,
    spread(whole, 0),
    ...(contender === 'no guard'
      ? ['', '', '']
      : [spread(over, 0), ...REFERENCES.map((name) => spread(compared[name]!))]),
  ]);
  return table(
    'A GraphQL field after the first of its operation, CPU ns',
    ['', 'whole', 'over no guard', ...REFERENCES.map((name) => `x ${name}`)],
    rows,
  );
}
