/**
 * What is kept of an API key: nothing that lets anybody in.
 *
 * @publicApi
 */
export interface StoredAPIKey {
  /** The part of the key that may be shown and logged: what it is found by. */
  readonly id: string;
  /** SHA-256 of the whole key, in base64url: 43 characters. */
  readonly hash: string;
  /** Whose it is, by what the application calls them. */
  readonly owner: string;
  /** What people call it, such as `CI of the shop`. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** In seconds since the epoch, as all times here. */
  readonly createdAt: number;
  /** From when on it is refused; `null` for never. */
  readonly expiresAt: number | null;
  /** From when on it is refused, because somebody said so; it may lie ahead while a rotated key is replaced. */
  readonly revokedAt: number | null;
  /** Late by up to `touchInterval`; `null` for never. */
  readonly lastUsedAt: number | null;
}

/**
 * Where API keys are kept: a table with `id` as its primary key, of which an owner may have several rows.
 *
 * A store that cannot answer rejects, and never guesses.
 *
 * @example
 * ```ts
 * import { type APIKeyStore, MemoryAPIKeyStore, type StoredAPIKey } from 'nestjs-security/api-keys';
 *
 * export class LoggingStore implements APIKeyStore {
 *   private readonly store = new MemoryAPIKeyStore();
 *   find = (id: string) => this.store.find(id);
 *   async insert(key: StoredAPIKey): Promise<void> {
 *     console.log(`${key.owner} has a new key ${key.id}`);
 *     await this.store.insert(key);
 *   }
 *   revoke = (id: string, at: number) => this.store.revoke(id, at);
 *   touch = (id: string, at: number) => this.store.touch(id, at);
 * }
 * ```
 *
 * @publicApi
 */
export interface APIKeyStore {
  /** The key with exactly this id. */
  find(id: string): Promise<StoredAPIKey | null | undefined>;
  /** Rejects where the id is taken. */
  insert(key: StoredAPIKey): Promise<void>;
  /** Sets `revokedAt`, unless it is set to an earlier time. */
  revoke(id: string, at: number): Promise<void>;
  /** Sets `lastUsedAt`, unless it is set to a later time. */
  touch(id: string, at: number): Promise<void>;
}
