import type { AttackAnswer } from './attack-report.js';
import type { Found } from './document-differences.js';
import type { ProbeCase } from './probe-case.js';

/** No route serves the request. */
const NOWHERE = ['404', '405'];

/** Also what servers answer to malformed and huge requests, before any route. */
const BEFORE_ROUTES = [...NOWHERE, '400', '413', '414', '431', 'none'];

/**
 * The operations that answered 404 or 405 even to callers whom the document lets in: no route serves them as they were
 * called, and their refusals prove nothing.
 */
export function unreachedOperations(
  { differences, others }: Found,
  answers: readonly AttackAnswer[],
): string[] {
  const reached = new Set([
    ...others.map(({ probe }) => nameOf(probe)),
    ...answers
      .filter(({ kind, answered }) => kind !== 'another path' && !BEFORE_ROUTES.includes(answered))
      .map(({ operation }) => operation),
  ]);
  const nowhere = differences
    .filter(({ probe, answered }) => probe.promised === 'lets in' && NOWHERE.includes(answered))
    .map(({ probe }) => nameOf(probe));
  return [...new Set(nowhere)].filter((operation) => !reached.has(operation));
}

function nameOf({ operation: { method, path } }: ProbeCase): string {
  return `${method} ${path}`;
}
