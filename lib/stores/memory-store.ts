import { assertStoreOptions } from './store-options.js';
import { milliseconds, type Store, StoreUnavailableError } from './store.js';

/**
 * Options of `MemoryStore`.
 *
 * @publicApi
 */
export interface MemoryStoreOptions {
  /** How many entries it may hold, of some 200 bytes each. Default: 100 000. */
  readonly maxEntries?: number;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/**
 * Stores entries in the memory of this process, for an application that runs as one instance.
 *
 * It is not shared: behind a load balancer, each instance would accept the same proof once. It never drops an entry
 * before it expires, as anyone who could fill the store could then make it forget: while it is full of entries that
 * have not expired, adding one is refused. It runs no timer: expired entries are removed when their room is needed.
 *
 * @example
 * ```ts
 * import { MemoryStore } from 'nestjs-security/tokens';
 *
 * export const store = new MemoryStore({ maxEntries: 500_000 });
 * ```
 *
 * @throws RangeError when `maxEntries` is not a positive integer, or a time to live is not positive.
 * @throws StoreUnavailableError (rejected) when it is full.
 * @publicApi
 */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;
  readonly #clock: () => number;
  /** No entry expires earlier. While this lies ahead, a full store need not be searched. */
  #nextExpiry = Infinity;

  constructor(options: MemoryStoreOptions = {}) {
    assertStoreOptions('MemoryStore', options, ['maxEntries', 'clock']);
    const { maxEntries = 100_000, clock = Date.now } = options;
    if (!Number.isSafeInteger(maxEntries) || maxEntries <= 0) {
      throw new RangeError('MemoryStore: maxEntries must be a positive integer');
    }
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  async addIfAbsent(key: string, ttlSeconds: number): Promise<boolean> {
    const ttl = milliseconds(ttlSeconds);
    if (this.#find(key) !== undefined) return false;
    this.#put(key, '', ttl);
    return true;
  }

  async get(key: string): Promise<string | undefined> {
    return this.#find(key)?.value;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.#put(key, value, milliseconds(ttlSeconds));
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#clock() < entry.expiresAt ? entry : undefined;
  }

  #put(key: string, value: string, ttl: number): void {
    const now = this.#clock();
    // Deleted first, so that a replaced entry becomes the latest.
    if (!this.#entries.delete(key)) this.#makeRoom(now);
    const expiresAt = now + ttl;
    this.#entries.set(key, { value, expiresAt });
    this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
  }

  #makeRoom(now: number): void {
    if (this.#entries.size < this.#maxEntries) return;
    if (now >= this.#nextExpiry) this.#dropExpired(now);
    if (this.#entries.size < this.#maxEntries) return;
    throw new StoreUnavailableError(
      `The store is full: ${this.#maxEntries} entries have not expired`,
    );
  }

  #dropExpired(now: number): void {
    // Usually all entries live equally long: then the oldest expire first, and a full store need not be searched each
    // time.
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now) break;
      this.#entries.delete(key);
    }
    if (this.#entries.size < this.#maxEntries) return;
    this.#nextExpiry = Infinity;
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key);
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    }
  }
}
