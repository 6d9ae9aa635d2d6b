import { shuffled } from '../measure/shuffle.js';
import { differences, summarize, type Summary } from '../measure/statistics.js';
import { spread, table } from '../report/table.js';
import { type Target, target } from '../report/targets.js';
import { RunningServer } from './running-server.js';
import type { Variant } from './variants.js';

const SLICE_MS = 250;

/** Slices of load before the first that counts, and those that count. */
export interface LoadPlan {
  readonly warmUp: number;
  readonly cycles: number;
}

/** CPU time of the server, in microseconds for each request. */
export interface Load {
  readonly name: string;
  readonly cpu: Summary;
  readonly overBare: Summary;
}

/** Each cycle loads every server once, in another order. */
export async function underLoad(
  variants: readonly Variant[],
  adapter: string,
  { warmUp, cycles }: LoadPlan,
): Promise<Load[]> {
  const servers = await Promise.all(
    variants.map((variant) => RunningServer.start(variant, adapter)),
  );
  const samples = new Map<RunningServer, number[]>(servers.map((server) => [server, []]));
  for (const server of servers) await server.cpuPerRequest(warmUp * SLICE_MS);
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (const server of shuffled(servers)) {
      samples.get(server)!.push(await server.cpuPerRequest(SLICE_MS));
    }
  }
  await Promise.all(servers.map((server) => server.stop()));
  const bare = samples.get(servers[0]!)!;
  return servers.map((server) => ({
    name: server.variant.name,
    cpu: summarize(samples.get(server)!),
    overBare: summarize(differences(samples.get(server)!, bare)),
  }));
}

/**
 * What `jose` called by hand takes over no auth, and what the verifier does. On Express, no auth takes more than either,
 * and varies by a fifth of them.
 */
export function loadTargets(onFastify: readonly Load[]): Target[] {
  return ['hs256', 'rs256'].map((route) => {
    const of = (contender: string) =>
      onFastify.find(({ name }) => name === `${contender}: ${route}`)!.overBare.median;
    const ratio = of('nestjs-security, JWT') / of('jose');
    return target(`load: JWT ${route} at first sight, x jose`, 1.05, ratio);
  });
}

export function loadTable(heading: string, loads: readonly Load[]): string {
  const rows = loads.map(({ name, cpu, overBare }) => [
    name.startsWith('nestjs-security') ? `* ${name}` : `  ${name}`,
    '',
    spread(cpu, 1),
    spread(overBare, 1),
  ]);
  return table(heading, ['server', '', 'CPU us', 'over bare'], rows);
}
