import { randomBytes } from 'node:crypto';
import { DigestNonceCounts } from '../protocol/digest-nonce-count.js';

/** What a scheme must not forget from one request to the next. */
export interface DigestMemory {
  /** Signs nonces where no secret was configured. */
  readonly secret: Uint8Array;
  readonly counts: DigestNonceCounts;
}

const memories = new WeakMap<object, DigestMemory>();

/** One memory per class: a request-scoped provider is made anew for each request. */
export function digestMemoryOf(schemeClass: object): DigestMemory {
  let memory = memories.get(schemeClass);
  if (memory === undefined) {
    memory = { secret: randomBytes(32), counts: new DigestNonceCounts() };
    memories.set(schemeClass, memory);
  }
  return memory;
}
