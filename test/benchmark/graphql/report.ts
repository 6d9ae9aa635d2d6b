import { differences, type Summary, summarize } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';

/** CPU nanoseconds of a field after the first of its operation, whole and over one without a guard. */
export interface FieldFinding {
  readonly contender: string;
  readonly whole: Summary;
  readonly over: Summary;
}

export function fieldFindings(cpu: Readonly<Record<string, readonly number[]>>): FieldFinding[] {
  return Object.entries(cpu).map(([contender, sample]) => ({
    contender,
    whole: summarize(sample),
    over: summarize(differences(sample, cpu['no guard']!)),
  }));
}

export function fieldTable(found: readonly FieldFinding[]): string {
  const rows = found.map(({ contender, whole, over }) => [
    contender,
    spread(whole, 0),
    spread(over, 0),
  ]);
  return table(
    'A GraphQL field after the first of its operation, CPU ns',
    ['', 'whole', 'over no guard'],
    rows,
  );
}
