import { inFreshProcess } from '../measure/child.js';
import { AuthorizationServer } from './authorization-server.js';
import type { InstanceResult, InstanceTask } from './instance.js';
import { RedisServer } from './redis-server.js';

/** What replay protection costs for each request, whatever the instances are. */
export interface ProofFinding {
  readonly instances: number;
  readonly roundTrips: number;
  /** Reads of the server for each command: below one, commands are pipelined. */
  readonly reads: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What Redis remembers of a proof. */
  readonly memory: number;
}

/** How often the authorization server is asked, for each request. */
export interface TokenFinding {
  readonly instances: number;
  readonly cache: boolean;
  readonly asked: number;
  /** What the model makes of it. */
  readonly expected: number;
  /** Of HTTP, both ways, for each question. */
  readonly bytes: number;
}

/** `undefined` where there is no Redis to ask. */
export async function proofFindings(
  sizes: readonly number[],
  requests: number,
): Promise<ProofFinding[] | undefined> {
  const redis = await RedisServer.start();
  if (redis === undefined) return undefined;
  const found: ProofFinding[] = [];
  for (const instances of sizes) {
    const before = await redis.counts();
    const task = { kind: 'proofs', redis: redis.port, requests, tokens: 0, cache: false } as const;
    const results = await run(instances, task);
    const after = await redis.counts();
    const proofs = instances * requests;
    const each = (key: 'bytesIn' | 'bytesOut' | 'memory' | 'reads') =>
      (after[key] - before[key]) / proofs;
    found.push({
      instances,
      roundTrips: results.reduce((sum, { roundTrips }) => sum + roundTrips, 0) / proofs,
      reads: each('reads'),
      bytesIn: each('bytesIn'),
      bytesOut: each('bytesOut'),
      memory: each('memory'),
    });
  }
  await redis.stop();
  return found;
}

export async function tokenFindings(
  sizes: readonly number[],
  requests: number,
  tokens: number,
): Promise<TokenFinding[]> {
  const found: TokenFinding[] = [];
  for (const cache of [false, true]) {
    for (const instances of sizes) {
      const server = new AuthorizationServer();
      const each = Math.round(requests / instances);
      const introspection = await server.start();
      await run(instances, { kind: 'tokens', requests: each, introspection, tokens, cache });
      const { questions, bytes } = server.counts();
      server.stop();
      const asked = questions / (each * instances);
      const expected = cache ? askedPerRequest(instances, requests, tokens) : 1;
      found.push({ instances, cache, asked, expected, bytes: bytes / questions });
    }
  }
  return found;
}

/**
 * How often the authorization server is asked for each request, of those within the lifetime of a remembered token.
 *
 * Each request has any of the tokens and reaches any of the instances: what is asked is how many of their pairs come up.
 */
export function askedPerRequest(instances: number, requests: number, tokens: number): number {
  const pairs = instances * tokens;
  return (pairs * (1 - (1 - 1 / pairs) ** requests)) / requests;
}

function run(instances: number, task: InstanceTask): Promise<InstanceResult[]> {
  return Promise.all(
    Array.from({ length: instances }, () =>
      inFreshProcess<InstanceResult>('instances/application.js', [JSON.stringify(task)]),
    ),
  );
}
