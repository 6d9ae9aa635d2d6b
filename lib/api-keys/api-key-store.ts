/**
 * An API key as it is stored: nothing in it lets anybody in.
 *
 * @publicApi
 */
export interface StoredAPIKey {
  /** The part of the key that may be shown and logged, by which it is found. */
  readonly id: string;
  /** SHA-256 of the whole key, in base64url: 43 characters. */
  readonly hash: string;
  /** Whose key it is, as the application identifies owners. */
  readonly owner: string;
  /** A name for people to read, such as `CI of the shop`. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** In seconds since the epoch, like all times here. */
  readonly createdAt: number;
  /** When the key expires; `null` for never. */
  readonly expiresAt: number | null;
  /** When the key is revoked; `null` for never. It may lie ahead while a rotated key is being replaced. */
  readonly revokedAt: number | null;
  /** When the key was last used, late by up to `touchInterval`; `null` for never. */
  readonly lastUsedAt: number | null;
}

/**
 * Where API keys are stored: a table with `id` as its primary key, in which an owner may have several rows.
 *
 * A store that cannot answer must reject rather than guess.
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
  /**
   * The key with exactly this id, as it was inserted, revoked and used; `null` or `undefined` where there is none. Any
   * other answer is an error, as one without `revokedAt`.
   */
  find(id: string): Promise<StoredAPIKey | null | undefined>;
  /** Stores a new key; rejects where the id is taken. */
  insert(key: StoredAPIKey): Promise<void>;
  /** Sets `revokedAt`, unless it is set to an earlier time. */
  revoke(id: string, at: number): Promise<void>;
  /** Sets `lastUsedAt`, unless it is set to a later time. */
  touch(id: string, at: number): Promise<void>;
}
