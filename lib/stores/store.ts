/**
 * Stores short-lived text, such as identifiers that may be used only once.
 *
 * Implement it for a database that this package does not support. One rule: a store that cannot answer must reject
 * rather than guess, so that its caller can answer 503.
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
   * Stores a key for some seconds: `true`, or `false` when it is stored already, and is then left unchanged. Any other
   * answer is an error.
   *
   * It is atomic: of any number of calls at the same time, exactly one gets `true`. `get` finds an empty value under
   * the key.
   */
  addIfAbsent(key: string, ttlSeconds: number): Promise<boolean>;
  /** The value under a key; `undefined` when there is none or it has expired. */
  get(key: string): Promise<string | undefined>;
  /** Stores a value for some seconds, in place of any other under the key. */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Deletes a key, if it is there. */
  delete(key: string): Promise<void>;
}

/**
 * A store could not answer: it is unreachable, too slow, or full.
 *
 * It says nothing about the credentials of the request, which must be answered with 503 and may be repeated. The
 * `cause` is for logs.
 *
 * @publicApi
 */
export class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
  override readonly name = 'StoreUnavailableError';
}

/**
 * A time to live in whole milliseconds, never shorter than asked for.
 *
 * @throws RangeError when it is not a positive number of seconds.
 */
export function milliseconds(ttlSeconds: number): number {
  const time = Math.ceil(ttlSeconds * 1000);
  if (!Number.isSafeInteger(time) || time <= 0) {
    throw new RangeError('A time to live must be a positive number of seconds');
  }
  return time;
}
