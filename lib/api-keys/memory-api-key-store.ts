import type { APIKeyStore, StoredAPIKey } from './api-key-store.js';

/**
 * Stores API keys in the memory of this process, for tests and trials: a restart forgets every key.
 *
 * @example
 * ```ts
 * import { APIKeys, MemoryAPIKeyStore } from 'nestjs-security/api-keys';
 *
 * export const keys = new APIKeys({ prefix: 'shop_test', store: new MemoryAPIKeyStore() });
 * ```
 *
 * @publicApi
 */
export class MemoryAPIKeyStore implements APIKeyStore {
  readonly #keys = new Map<string, StoredAPIKey>();

  async find(id: string): Promise<StoredAPIKey | undefined> {
    return this.#keys.get(id);
  }

  async insert(key: StoredAPIKey): Promise<void> {
    if (this.#keys.has(key.id)) throw new Error(`A key with the id ${key.id} exists already`);
    this.#keys.set(key.id, key);
  }

  async revoke(id: string, at: number): Promise<void> {
    this.#change(id, ({ revokedAt }) => ({ revokedAt: Math.min(revokedAt ?? at, at) }));
  }

  async touch(id: string, at: number): Promise<void> {
    this.#change(id, ({ lastUsedAt }) => ({ lastUsedAt: Math.max(lastUsedAt ?? at, at) }));
  }

  #change(id: string, change: (key: StoredAPIKey) => Partial<StoredAPIKey>): void {
    const key = this.#keys.get(id);
    if (key !== undefined) this.#keys.set(id, { ...key, ...change(key) });
  }
}
