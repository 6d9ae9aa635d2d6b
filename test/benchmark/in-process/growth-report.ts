import { median, ratios, type Summary, summarize } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';
import type { Measurement } from './measurement.js';

/** How the smallest of its kind compares. */
export interface Growth {
  readonly case: string;
  readonly wall: Summary;
  readonly bytes: number;
  readonly ratio: Summary;
}

export function growthFindings(measurements: readonly Measurement[]): Growth[] {
  return measurements.map((one) => {
    const kind = one.case.startsWith('anyOf') ? 'anyOf of 1' : '1 scheme';
    const smallest = measurements.find((other) => other.case === kind)!;
    return {
      case: one.case,
      wall: summarize(one.wall),
      bytes: median(one.bytes),
      ratio: summarize(ratios(one.wall, smallest.wall)),
    };
  });
}

export function growthTable(found: readonly Growth[]): string {
  const rows = found.map((growth) => [
    growth.case,
    spread(growth.wall, 0),
    growth.bytes.toFixed(0),
    spread(growth.ratio),
  ]);
  return table(
    'An API key accepted, by the schemes registered and by the alternatives of the route (the last is met); no auth included',
    ['', 'ns', 'bytes', 'x the smallest'],
    rows,
  );
}
