import { differences, median, ratios, summarize, type Summary } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';
import type { Measurement } from './measurement.js';

const OURS = 'nestjs-security';

/** What the measurements of one case come to; times in ns over no auth, memory in bytes over no auth. */
export interface Finding {
  readonly case: string;
  readonly contender: string;
  readonly wall: Summary;
  readonly cpu: Summary;
  readonly bytes: number;
  /** Of the time over no auth, to other contenders', round by round. */
  readonly ratios: Readonly<Record<string, Summary>>;
}

type Clock = 'wall' | 'cpu';

export function findings(
  measurements: readonly Measurement[],
  references: readonly string[],
  clock: Clock,
): Finding[] {
  return measurements.map((one) => {
    const peers = measurements.filter((other) => other.case === one.case);
    const base = peers.find(({ contender }) => contender === 'no auth');
    const over = (measured: Measurement, of: Clock) =>
      base === undefined || base === measured ? measured[of] : differences(measured[of], base[of]);
    return {
      case: one.case,
      contender: one.contender,
      wall: summarize(over(one, 'wall')),
      cpu: summarize(over(one, 'cpu')),
      bytes: median(one.bytes) - (base === undefined || base === one ? 0 : median(base.bytes)),
      ratios: Object.fromEntries(
        peers
          .filter(({ contender }) => references.includes(contender))
          .map((peer) => [peer.contender, summarize(ratios(over(one, clock), over(peer, clock)))]),
      ),
    };
  });
}

/** A row for each contender, cases apart. */
export function findingsTable(
  heading: string,
  found: readonly Finding[],
  references: readonly string[],
  clock: Clock,
): string {
  const columns = ['case', 'contender', `${clock === 'wall' ? 'ns' : 'CPU ns'}`, 'bytes'];
  const rows = found.map((finding, index) => [
    finding.case === found[index - 1]?.case ? '' : finding.case,
    finding.contender.startsWith(OURS) ? `* ${finding.contender}` : `  ${finding.contender}`,
    spread(finding[clock], 0),
    finding.bytes.toFixed(0),
    ...references.map((reference) =>
      finding.contender === 'no auth' || finding.ratios[reference] === undefined
        ? ''
        : spread(finding.ratios[reference]),
    ),
  ]);
  return table(heading, [...columns, ...references.map((name) => `x ${name}`)], rows);
}
