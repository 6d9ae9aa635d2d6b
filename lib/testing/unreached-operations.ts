import type { AttackAnswer } from './attack-report.js';
import type { Found } from './document-differences.js';
import { nameOf } from './documented-operation.js';

/** No route serves the request. */
const NOWHERE = ['404', '405'];

/** The answer to a caller who has sent too many requests. */
export const THROTTLED = '429';

/** Also what servers answer to malformed and huge requests, before any route. */
const BEFORE_ROUTES = [...NOWHERE, '400', '413', '414', '431', 'none'];

/**
 * The operations that answered 404 or 405 even to callers whom the document lets in: no route serves them as they were
 * called, and their refusals prove nothing. Neither do those of operations that a limit of requests kept from answering.
 */
export function unreachedOperations(
  { differences, others }: Found,
  answers: readonly AttackAnswer[],
): string[] {
  const reached = new Set([
    ...others.map(({ probe }) => nameOf(probe.operation)),
    ...answers
      .filter(({ kind, answered }) => kind !== 'another path' && !BEFORE_ROUTES.includes(answered))
      .map(({ operation }) => operation),
  ]);
  const nowhere = differences
    .filter(({ probe, answered }) => probe.promised === 'lets in' && NOWHERE.includes(answered))
    .map(({ probe }) => nameOf(probe.operation));
  const missed = nowhere.filter((operation) => !reached.has(operation));
  return [...new Set([...missed, ...throttledOperations(answers)])];
}

/** The operations of which a limit of requests answered some. */
export function throttledOperations(answers: readonly AttackAnswer[]): string[] {
  const throttled = answers.filter(
    ({ kind, answered, breach }) =>
      // The probes of a document pass the guards that refuse them.
      kind !== 'the document' && answered === THROTTLED && breach === undefined,
  );
  return [...new Set(throttled.map(({ operation }) => operation))];
}
