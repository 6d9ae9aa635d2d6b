import { shuffled } from '../measure/shuffle.js';
import type { Measurement } from './measurement.js';

/** One contender in one case, whatever it is asked. */
export interface Measured {
  readonly contender: string;
  readonly task: { readonly name: string };
  /** What no guard has seen. */
  requests(count: number): unknown[];
  ask(request: never): Promise<boolean>;
}

export interface Plan {
  /** Rounds in which nothing is written down: an asynchronous way is hot code after ten thousand requests. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Requests of one contender in one round. */
  readonly batch: number;
  /** Requests in flight at once. */
  readonly inFlight: number;
  /** Rounds that count allocated bytes. */
  readonly memoryRounds: number;
}

/** All contenders in one interleaved run: each round measures each of them once, in another order. */
export async function measure(subjects: readonly Measured[], plan: Plan): Promise<Measurement[]> {
  const results = new Map(
    subjects.map((subject): [Measured, Measurement] => [
      subject,
      { case: subject.task.name, contender: subject.contender, wall: [], cpu: [], bytes: [] },
    ]),
  );
  for (let round = -plan.warmUp; round < plan.rounds; round++) {
    for (const subject of shuffled(subjects)) {
      const { wall, cpu } = await time(subject, plan);
      if (round < 0) continue;
      results.get(subject)!.wall.push(wall);
      results.get(subject)!.cpu.push(cpu);
    }
  }
  for (let round = 0; round < plan.memoryRounds; round++) {
    for (const subject of shuffled(subjects)) {
      results.get(subject)!.bytes.push(await allocated(subject, plan));
    }
  }
  return [...results.values()];
}

async function time(subject: Measured, plan: Plan): Promise<{ wall: number; cpu: number }> {
  const requests = subject.requests(plan.batch);
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  await askAll(subject, requests, plan.inFlight);
  const wall = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(before);
  return { wall: wall / plan.batch, cpu: ((user + system) * 1000) / plan.batch };
}

/** What the young generation grew by: without a collection in between, that is everything allocated. */
async function allocated(subject: Measured, plan: Plan): Promise<number> {
  const requests = subject.requests(plan.batch);
  globalThis.gc!();
  const before = process.memoryUsage().heapUsed;
  await askAll(subject, requests, plan.inFlight);
  return (process.memoryUsage().heapUsed - before) / plan.batch;
}

type Requests = ReturnType<Measured['requests']>;

async function askAll(subject: Measured, requests: Requests, inFlight: number): Promise<void> {
  if (inFlight === 1) return askInTurn(subject, requests);
  const queue = requests.values();
  await Promise.all(Array.from({ length: inFlight }, () => askInTurn(subject, queue)));
}

async function askInTurn(subject: Measured, requests: Iterable<Requests[number]>): Promise<void> {
  for (const request of requests) {
    try {
      await subject.ask(request as never);
    } catch {
      // A refusal: it has been proved to be the one that is expected.
    }
  }
}
