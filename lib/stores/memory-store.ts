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
 * A store in the memory of this process, for an application that runs as one instance.
 *
 * It is not shared: behind a load balancer each instance would accept the same proof once. It never
 * drops an entry before its time, as whoever could fill it would then make it forget: when it is full of
 * live entries, adding one is refused. It runs no timer; expired entries go when their room is needed.
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
  /** No entry expires before; it spares a full store from being searched in vain. */
  #nextExpiry = Infinity;

  constructor(options: MemoryStoreOptions = {}) {
    assertStoreOptions('MemoryStore', options, ['maxEntries', 'clock']);
    const { maxEntries = 100_000, clock = Date.now } = options;
    if (!Number.isSafeInteger(maxEntries) || maxEntries <= 0) {
      throw new RangeError('maxEntries is a positive integer');
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
    // What is replaced becomes the latest.
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
    // Most often all live as long: then the oldest ones are those, and a full store need not be searched each time.
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
