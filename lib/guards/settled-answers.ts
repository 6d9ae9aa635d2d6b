import type { RegisteredScheme } from '../policies/scheme-registry.js';

/** How many answers of a scheme, and how many credentials that it reads, are checked for promises. */
const ANSWERS = 100;

const looked = new WeakMap<RegisteredScheme, number>();
const read = new WeakMap<RegisteredScheme, number>();

/**
 * Whether an answer of a scheme is to be checked for a promise within.
 *
 * A forgotten `await` shows in the first answers; checking all of them would cost more than the decision.
 */
export function mayHoldPromise(entry: RegisteredScheme): boolean {
  return entry.isSettled !== true && countAnswer(entry);
}

function countAnswer(entry: RegisteredScheme): true {
  const known = (looked.get(entry) ?? 0) + 1;
  looked.set(entry, known);
  if (known === ANSWERS) entry.isSettled = true;
  return true;
}

/** Whether credentials that a scheme read are to be checked for a promise within. */
export function mayReadPromise(entry: RegisteredScheme): boolean {
  return entry.isReadSettled !== true && countCredentials(entry);
}

function countCredentials(entry: RegisteredScheme): true {
  const known = (read.get(entry) ?? 0) + 1;
  read.set(entry, known);
  if (known === ANSWERS) entry.isReadSettled = true;
  return true;
}
