/**
 * A place for short-lived text: identifiers that may be used once, and answers worth keeping.
 *
 * Implement it for a database this package does not have. It has one rule: a store that cannot answer
 * rejects, and never guesses, so that its caller can refuse with 503.
 *
 * @example
 * ```ts
 * import { MemoryStore, type Store } from 'nestjs-security/tokens';
 *
 * export class CountingStore implements Store {
 *   added = 0;
 *   private readonly store = new MemoryStore();
 *   async addIfAbsent(key: string, ttlSeconds: number): Promise<boolean> {
 *     this.added++;
 *     return this.store.addIfAbsent(key, ttlSeconds);
 *   }
 *   get = (key: string) => this.store.get(key);
 *   set = (key: string, value: string, ttlSeconds: number) => this.store.set(key, value, ttlSeconds);
 *   delete = (key: string) => this.store.delete(key);
 * }
 * ```
 *
 * @publicApi
 */
export interface Store {
  /**
   * Remembers a key for some seconds; `false` when it is remembered already, and then it is left as it is.
   *
   * It is atomic: of any number of calls at the same time, one is answered `true`. `get` finds an empty
   * value under the key.
   */
  addIfAbsent(key: string, ttlSeconds: number): Promise<boolean>;
  /** The value under a key, or `undefined` when there is none or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Keeps a value for some seconds, in place of what was under the key. */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Forgets a key; it need not be there. */
  delete(key: string): Promise<void>;
}

/**
 * A store could not answer: it is unreachable, too slow, or full.
 *
 * It says nothing about the credentials of the request, which has to be refused with 503 and may be
 * repeated. `cause` is for logs.
 *
 * @publicApi
 */
export class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
  override readonly name = 'StoreUnavailableError';
}

/**
 * A time to live as whole milliseconds, never shorter than asked for.
 *
 * @throws RangeError when it is not a positive number of seconds.
 */
export function milliseconds(ttlSeconds: number): number {
  const time = Math.ceil(ttlSeconds * 1000);
  if (!Number.isSafeInteger(time) || time <= 0) {
    throw new RangeError('A time to live is a positive number of seconds');
  }
  return time;
}
