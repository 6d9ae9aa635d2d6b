/** A sample's middle and spread; ratios of a noisy machine have no other honest form. */
export interface Summary {
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
}

export function summarize(sample: readonly number[]): Summary {
  const sorted = sample.toSorted((a, b) => a - b);
  return { median: at(sorted, 0.5), q25: at(sorted, 0.25), q75: at(sorted, 0.75) };
}

export function median(sample: readonly number[]): number {
  return summarize(sample).median;
}

/** Divides what was measured in the same round, which is what makes a ratio outlive a busy minute. */
export function ratios(dividends: readonly number[], divisors: readonly number[]): number[] {
  return dividends
    .map((dividend, round) => dividend / divisors[round]!)
    .filter((ratio) => Number.isFinite(ratio));
}

/** Subtracts what was measured in the same round. */
export function differences(samples: readonly number[], base: readonly number[]): number[] {
  return samples.map((sample, round) => sample - base[round]!);
}

function at(sorted: readonly number[], quantile: number): number {
  if (sorted.length === 0) return NaN;
  const position = (sorted.length - 1) * quantile;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}
