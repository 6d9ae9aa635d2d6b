import { table } from '../report/table.js';
import { askedPerRequest, type ProofFinding, type TokenFinding } from './measure.js';

export function proofTable(found: readonly ProofFinding[] | undefined): string {
  if (found === undefined) return 'DPoP proofs: not measured, as there is no redis-server here.\n';
  const rows = found.map((one) => [
    String(one.instances),
    one.roundTrips.toFixed(2),
    one.reads.toFixed(2),
    one.bytesIn.toFixed(0),
    one.bytesOut.toFixed(0),
    one.memory.toFixed(0),
  ]);
  return table(
    'A DPoP proof, by processes that share one Redis, twenty requests in flight in each',
    ['instances', 'round trips', 'reads of Redis', 'bytes sent', 'bytes received', 'bytes kept'],
    rows,
  );
}

export function tokenTable(found: readonly TokenFinding[]): string {
  const rows = found.map((one) => [
    String(one.instances),
    one.cache ? 'remembered' : 'asked each time',
    one.asked.toFixed(3),
    one.expected.toFixed(3),
    one.bytes.toFixed(0),
  ]);
  return table(
    'An introspected token, by processes that each remember their own',
    ['instances', 'tokens', 'questions a request', 'by the model', 'bytes a question'],
    rows,
  );
}

/** Requests of each token within the lifetime of what is remembered. */
const REQUESTS_OF_A_TOKEN = [1, 10, 100, 1000];

/** What the model says of more instances than a machine carries. */
export function modelTable(): string {
  const rows = [1, 4, 10, 100].map((instances) => [
    String(instances),
    ...REQUESTS_OF_A_TOKEN.map((requests) =>
      askedPerRequest(instances, requests * 1000, 1000).toFixed(3),
    ),
  ]);
  return table(
    'Questions a request, by the model, where each of 1 000 tokens is sent so often while it is remembered',
    ['instances', ...REQUESTS_OF_A_TOKEN.map((requests) => `${requests} times`)],
    rows,
  );
}
