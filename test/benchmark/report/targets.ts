import type { Summary } from '../measure/statistics.js';
import { spread, table } from './table.js';

/** What must be so, and what was found: a ratio, or a number of something; of what was not measured, `NaN`. */
export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly found: Summary;
  readonly isMet: boolean;
}

/** @param limit What the median may be at most. */
export function target(name: string, limit: number, found: Summary | number): Target {
  const summary = typeof found === 'number' ? { median: found, q25: found, q75: found } : found;
  return { name, limit, found: summary, isMet: summary.median <= limit };
}

/** What a section's findings have in common: ratios of a contender in a case to others. */
interface Compared {
  readonly case: string;
  readonly contender: string;
  readonly ratios: Readonly<Record<string, Summary>>;
}

/** What was to be measured, and was not. */
export const NOT_MEASURED = NaN;

/** A target for a contender in each of some cases; `cases` tells how many times the reference it may be. */
export function ratioTargets(
  section: string,
  findings: readonly Compared[],
  contender: string,
  reference: string,
  cases: Readonly<Record<string, number>>,
): Target[] {
  return Object.entries(cases).map(([name, limit]) => {
    const found = findings.find((one) => one.case === name && one.contender === contender);
    const ratio = found?.ratios[reference] ?? NOT_MEASURED;
    return target(`${section}: ${name}, ${contender}, x ${reference}`, limit, ratio);
  });
}

export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ name, limit, found, isMet }) => [
    name,
    Number.isNaN(found.median) ? '**not measured**' : isMet ? 'met' : '**not met**',
    spread(found),
    limit.toFixed(2),
  ]);
  return table('Targets', ['what', '', 'found', 'at most'], rows);
}
