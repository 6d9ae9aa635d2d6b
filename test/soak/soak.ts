import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Connection } from './connection.js';
import { soakRequest } from './mix.js';
import type { ServerMessage } from './server.js';

/** What a run found out. */
export interface SoakReport {
  readonly adapter: string;
  readonly requests: number;
  readonly seconds: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests that were answered otherwise than they may be, the first of them. */
  readonly wrong: readonly string[];
  /** Bytes of the server's heap after collecting garbage: after the warm-up, then at equal distances. */
  readonly heap: readonly number[];
  readonly rss: readonly number[];
}

const CONNECTIONS = 64;
const SAMPLES = 8;
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Sends so many requests, at full speed, to a server in a process of its own. */
export async function soak(adapter: string, requests: number): Promise<SoakReport> {
  const server = fork(file('./launch.mjs'), [file('./server.ts'), adapter], {
    execArgv: ['--expose-gc'],
  });
  try {
    const { url } = await answerOf(server);
    return await load(server, new URL(url!), adapter, requests);
  } finally {
    if (server.connected) server.send('stop');
    if (server.exitCode === null) await once(server, 'exit');
  }
}

async function answerOf(server: ChildProcess, ask?: string): Promise<ServerMessage> {
  const gone = once(server, 'exit').then(([code]) => {
    throw new Error(`The server ended with ${String(code)}`);
  });
  gone.catch(() => undefined);
  const answer = once(server, 'message').then(([message]) => message as ServerMessage);
  if (ask !== undefined) server.send(ask);
  return Promise.race([answer, gone]);
}

async function load(
  server: ChildProcess,
  { hostname, port }: URL,
  adapter: string,
  requests: number,
): Promise<SoakReport> {
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(+port, hostname));
  const tally = new Tally();
  const heap: number[] = [];
  const rss: number[] = [];
  const start = performance.now();
  for (let sample = 0; sample < SAMPLES; sample++) {
    const [from, to] = [sample, sample + 1].map((n) => Math.floor((requests * n) / SAMPLES));
    let next = from!;
    await Promise.all(
      connections.map(async (connection) => {
        while (next < to!) await tally.send(connection, next++);
      }),
    );
    const memory = await answerOf(server, 'memory');
    heap.push(memory.heapUsed!);
    rss.push(memory.rss!);
  }
  connections.forEach((connection) => connection.close());
  const seconds = (performance.now() - start) / 1000;
  return { adapter, requests, seconds, ...tally, heap, rss };
}

class Tally {
  readonly kinds: Record<string, number> = {};
  readonly statuses: Record<number, number> = {};
  readonly wrong: string[] = [];

  async send(connection: Connection, number: number): Promise<void> {
    const { kind, bytes, isHead, mayBeCut, status, body = '' } = soakRequest(number);
    const answer = await connection.exchange(bytes, isHead === true);
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (answer.status === status && answer.body.includes(body)) return;
    if (answer.status === 0 && mayBeCut) return;
    if (this.wrong.length >= 20) return;
    const sent = JSON.stringify(bytes.slice(0, 200));
    this.wrong.push(`${sent} expected ${status} ${body}, got ${answer.status} ${answer.body}`);
  }
}

const MIB = 1024 * 1024;
/** How much more heap than after the warm-up is still flat: caches fill, code is compiled. */
const SLACK = 8 * MIB;

/** What is wrong with a run, if anything. */
export function faultsOf({ wrong, statuses, heap, requests, kinds }: SoakReport): string[] {
  const failed = Object.keys(statuses).filter((status) => Number(status) >= 500);
  const [warm, ...later] = heap;
  const sent = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return [
    ...wrong,
    ...failed.map((status) => `${statuses[Number(status)]} answers were ${status}`),
    ...(sent === requests ? [] : [`${sent} of ${requests} requests were sent`]),
    ...(later.at(-1)! > warm! + SLACK ? ['The heap of the server has grown'] : []),
  ];
}

/** A run in a few lines. */
export function summaryOf(report: SoakReport): string {
  const { adapter, requests, seconds, kinds, statuses, wrong, heap, rss } = report;
  const inMib = (sizes: readonly number[]) =>
    sizes.map((size) => (size / MIB).toFixed(1)).join(' ');
  return [
    `soak ${adapter}: ${requests} requests in ${seconds.toFixed(1)} s, ${Math.round(requests / seconds)}/s`,
    `  kinds ${JSON.stringify(kinds)}, statuses ${JSON.stringify(statuses)}, wrong ${wrong.length}`,
    `  heap MiB ${inMib(heap)}`,
    `  rss MiB ${inMib(rss)}`,
  ].join('\n');
}

/** Half of SOAK_REQUESTS on either adapter. */
export async function main(): Promise<void> {
  const requests = Number(process.env['SOAK_REQUESTS'] ?? 1_000_000);
  for (const adapter of ['Express', 'Fastify']) {
    const report = await soak(adapter, Math.ceil(requests / 2));
    console.log(summaryOf(report));
    const faults = faultsOf(report);
    faults.forEach((fault) => console.error(fault));
    if (faults.length > 0) process.exitCode = 1;
  }
}
