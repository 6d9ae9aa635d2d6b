import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { storeName } from '../errors/store-name.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import type { Authentication } from '../schemes/authentication.js';
import type { HTTPAuthorizationCredentials } from '../schemes/authorization.js';
import type { APIKeyStore, StoredAPIKey } from './api-key-store.js';
import { APIKeyText, hashOf } from './api-key-text.js';
import {
  type APIKeysOptions,
  assertAPIKeysOptions,
  assertNewAPIKey,
  type NewAPIKey,
} from './api-keys.options.js';

/**
 * What the holder and the owner of an API key may know about it.
 *
 * @publicApi
 */
export type APIKeyInfo = Omit<StoredAPIKey, 'hash'>;

/**
 * A key that was just issued.
 *
 * @publicApi
 */
export interface IssuedAPIKey {
  /** The key itself. Show it once: it is stored nowhere. */
  readonly key: string;
  readonly info: APIKeyInfo;
}

/**
 * Issues, verifies, rotates and revokes API keys, and stores only their hashes.
 *
 * A key is found by the id in it and compared in constant time. The hash is a single SHA-256: the secret is 256 random
 * bits, which nobody can guess however fast the hash is. bcrypt and Argon2 are for passwords, which people choose; here
 * they would only make each request slower. Text that is no key by its form and checksum is refused without asking the
 * store. It does not list keys: query the database by `owner`.
 *
 * @example
 * ```ts
 * import { APIKeyHeader } from 'nestjs-security';
 * import { APIKeys, MemoryAPIKeyStore } from 'nestjs-security/api-keys';
 *
 * export const keys = new APIKeys({ prefix: 'shop_live', store: new MemoryAPIKeyStore() });
 *
 * // What verifies them: `HTTPBearer` takes the same `validate`.
 * export const serviceKey = new APIKeyHeader({ schemeName: 'ServiceKey', name: 'X-API-Key', validate: keys.validate });
 *
 * export async function firstKeyOf(owner: string): Promise<string> {
 *   const { key } = await keys.issue({ owner, name: 'CI', scopes: ['orders'], expiresIn: 90 * 24 * 60 * 60 });
 *   return key;
 * }
 * ```
 *
 * @throws ConfigurationError when an option is wrong.
 * @publicApi
 */
export class APIKeys {
  readonly #store: APIKeyStore;
  readonly #text: APIKeyText;
  readonly #lifetime: number | undefined;
  readonly #touchInterval: number;
  readonly #clock: () => number;
  /** When the use of each key was last stored, for stores that answer from a cache. */
  readonly #touched = new LRUCache<string, number>({ max: 10_000 });

  constructor(options: APIKeysOptions) {
    assertAPIKeysOptions(options);
    const { prefix, store, lifetime, touchInterval = 60, clock = () => Date.now() } = options;
    this.#text = new APIKeyText(prefix);
    this.#store = store;
    this.#lifetime = lifetime;
    this.#touchInterval = touchInterval;
    this.#clock = clock;
  }

  /**
   * Issues a key. An owner may have any number of them.
   *
   * @throws ConfigurationError when there is no owner, `scopes` is no list, `expiresIn` is not a positive number, or a
   * member is misspelt.
   */
  async issue(given: NewAPIKey): Promise<IssuedAPIKey> {
    assertNewAPIKey(given);
    const { owner, name = '', scopes = [], expiresIn = this.#lifetime } = given;
    const { id, key } = this.#text.create();
    const createdAt = this.#now();
    const expiresAt = createdAt + (expiresIn ?? Infinity);
    const info: APIKeyInfo = {
      id,
      owner,
      name,
      scopes: [...scopes],
      createdAt,
      expiresAt: expiresAt < TOO_LATE ? expiresAt : null,
      revokedAt: null,
      lastUsedAt: null,
    };
    await this.#store.insert({ ...info, scopes: [...scopes], hash: hashOf(key) });
    return { key, info };
  }

  /**
   * Returns what is known about a key; `null` where it is not a key, was revoked or has expired. The time of its use is
   * stored in the background, without delaying the call.
   */
  async verify(key: string): Promise<APIKeyInfo | null> {
    const id = this.#text.parseId(key);
    if (id === undefined) return null;
    const stored = await this.#find(id);
    const isSame = constantTimeEqual(hashOf(key), hashIn(stored));
    const now = this.#now();
    if (!stored || !isSame || !isActive(stored, now)) return null;
    this.#touch(stored, now);
    return infoOf(stored);
  }

  /** `validate` of `APIKeyHeader`, `APIKeyQuery`, `APIKeyCookie` and `HTTPBearer`; the user is what is known of the key. */
  readonly validate = async (
    credentials: string | HTTPAuthorizationCredentials,
  ): Promise<Authentication<APIKeyInfo> | null> => {
    const key = typeof credentials === 'string' ? credentials : credentials.credentials;
    const user = await this.verify(key);
    if (user === null) return null;
    const ends = [user.expiresAt, user.revokedAt].filter((time) => time !== null);
    return {
      user,
      scopes: user.scopes,
      ...(ends.length > 0 && { expiresAt: Math.min(...ends) }),
    };
  };

  /**
   * Revokes a key at once. Whether the caller may do that is for the application to decide.
   *
   * Rejects where the id does not belong to a key with the prefix.
   */
  async revoke(id: string): Promise<void> {
    if (!this.#text.isOwnId(id))
      throw new Error('APIKeys.revoke(): no key with the prefix has the id');
    await this.#store.revoke(id, this.#now());
  }

  /**
   * Issues a key in place of another, with the same owner, name, scopes and lifetime. Calls at the same time issue a
   * key each.
   *
   * @param options.overlap How long the old key is still accepted, in seconds. Default: 0, as for a key that leaked.
   * @returns `null` where there is no such key with the prefix, or it was revoked or has expired.
   */
  async rotate(
    id: string,
    options: { readonly overlap?: number } = {},
  ): Promise<IssuedAPIKey | null> {
    assertKnownOptions('APIKeys.rotate()', options, { overlap: true });
    const { overlap = 0 } = options;
    if (typeof overlap !== 'number' || !(overlap >= 0 && this.#now() + overlap < TOO_LATE)) {
      throw new ConfigurationError('APIKeys.rotate(): overlap must be a number of seconds');
    }
    if (!this.#text.isOwnId(id)) return null;
    const stored = await this.#find(id);
    const now = this.#now();
    if (!stored || !isActive(stored, now)) return null;
    const { owner, name, scopes, createdAt, expiresAt } = infoOf(stored);
    const expiresIn = expiresAt === null ? Infinity : expiresAt - createdAt;
    const issued = await this.issue({ owner, name, scopes, expiresIn });
    await this.#store.revoke(id, now + overlap);
    return issued;
  }

  async #find(id: string): Promise<StoredAPIKey | null | undefined> {
    const stored = await this.#store.find(id);
    if (stored !== null && stored !== undefined) assertStored(stored, this.#store);
    return stored;
  }

  #now(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** Runs in the background: no request waits for it, or fails because of it. */
  #touch({ id, lastUsedAt }: StoredAPIKey, now: number): void {
    const last = Math.max(lastUsedAt ?? -Infinity, this.#touched.get(id) ?? -Infinity);
    if (now - last < this.#touchInterval || this.#touchInterval === Infinity) return;
    this.#touched.set(id, now);
    void (async () => this.#store.touch(id, now))().catch((error: unknown) => {
      new Logger('APIKeys').error(`The use of the key ${id} could not be stored`, error);
    });
  }
}

/** Compared with where there is no stored hash, so that it takes as long. */
const NO_HASH = Buffer.alloc(32);

/** The hash of a stored key in its usual spelling, as a store may pad it. */
function hashIn(stored: StoredAPIKey | null | undefined): string {
  return (stored ? Buffer.from(stored.hash, 'base64url') : NO_HASH).toString('base64url');
}

/**
 * Otherwise every key would be refused as a wrong one, and nothing would say that the store is at fault; or a key would
 * stay good for ever, as where its columns have other names.
 */
function assertStored(stored: StoredAPIKey, store: APIKeyStore): void {
  const { hash, scopes, owner, expiresAt, revokedAt } = stored as Partial<StoredAPIKey>;
  const find = `APIKeys: find() of ${storeName(store)} must answer`;
  const isHash =
    typeof hash === 'string' && Buffer.from(hash, 'base64url').length === NO_HASH.length;
  if (!isHash) throw new TypeError(`${find} null or a key with its hash, as it was inserted`);
  const areScopes = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string');
  if (!areScopes) throw new TypeError(`${find} a key whose scopes are a list of strings`);
  if (owner === undefined || owner === null) throw new TypeError(`${find} a key with its owner`);
  if (expiresAt !== undefined && revokedAt !== undefined) return;
  throw new TypeError(`${find} a key with its expiresAt and revokedAt, null where there is none`);
}

function isActive({ expiresAt, revokedAt }: StoredAPIKey, now: number): boolean {
  return !isOver(expiresAt, now) && !isOver(revokedAt, now);
}

/** No date in seconds is as late. A `Date`, or milliseconds, would keep revoked keys good for thousands of years. */
const TOO_LATE = 1e12;

function isOver(time: number | null, now: number): boolean {
  if (time === null || time === Infinity) return false;
  if (time >= TOO_LATE) {
    throw new Error('APIKeys: the expiresAt and revokedAt of a stored key must be in seconds');
  }
  return !(now < time);
}

/** Copies only the members of `APIKeyInfo`: a store may answer with more, and leave out that a key was never used. */
function infoOf(stored: StoredAPIKey): APIKeyInfo {
  const { id, owner, name, createdAt, expiresAt, revokedAt, lastUsedAt = null } = stored;
  // A copy, as callers may change it.
  const scopes = [...stored.scopes];
  return { id, owner, name, scopes, createdAt, expiresAt, revokedAt, lastUsedAt };
}
