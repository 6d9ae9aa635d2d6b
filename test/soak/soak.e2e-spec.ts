import { describe, expect, it } from 'vitest';
import { faultsOf, soak, type SoakReport, summaryOf } from './soak.js';

const REQUESTS = 20_000;

describe.each(['Express', 'Fastify'])('under load on %s', (adapter) => {
  it(
    `decides ${REQUESTS / 2} good, bad and hostile requests rightly, in flat memory`,
    { timeout: 120_000 },
    async () => {
      const report = await soak(adapter, REQUESTS / 2);
      console.info(summaryOf(report));
      expect(faultsOf(report)).toStrictEqual([]);
      for (const kind of ['good', 'bad', 'hostile'])
        expect(report.kinds[kind]).toBeGreaterThan(1000);
    },
  );
});

describe('the check of a run', () => {
  const flat: SoakReport = {
    adapter: 'Express', requests: 2, seconds: 1, kinds: { good: 1, bad: 1 },
    statuses: { 200: 1, 401: 1 }, wrong: [], heap: [20e6, 21e6], rss: [],
  }; // prettier-ignore

  it('is content with a flat run', () => {
    expect(faultsOf(flat)).toStrictEqual([]);
  });

  it.each([
    ['wrong decisions', { wrong: ['GET / expected 401, got 200'] }],
    ['failures', { statuses: { 500: 1, 503: 1 } }],
    ['growing memory', { heap: [20e6, 40e6] }],
    ['requests that were not sent', { requests: 3 }],
  ])('finds %s', (_what, change) => {
    expect(faultsOf({ ...flat, ...change }).length).toBeGreaterThan(0);
  });
});
