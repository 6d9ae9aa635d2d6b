import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { assertNumbers } from './option-checks.js';

/**
 * Remembers tokens that were found good.
 *
 * A revoked token stays good until its entry dies.
 *
 * @publicApi
 */
export interface VerifiedTokenCacheOptions {
  /** The most tokens held; the one unused for longest gives way. Default: 1000. Room for all is made with the first. */
  readonly maxEntries?: number;
  /** Seconds an entry lives; never beyond the token's own `exp`. Default: 60. */
  readonly maxAge?: number;
}

/** The SHA-256 of a token. */
export type TokenKey = string & { readonly of: 'token' };

/** A character for each byte: the shortest text is the quickest to look up. */
export function tokenKey(token: string): TokenKey {
  return hash('sha256', token, 'binary') as TokenKey;
}

/** Values by token. It holds no token, only its SHA-256, and never more than `maxEntries`. */
export class VerifiedTokenCache<Value extends NonNullable<unknown>> {
  private entries: LRUCache<string, Value> | undefined;
  private readonly maxEntries: number;
  private readonly maxAge: number;

  constructor(owner: string, options: VerifiedTokenCacheOptions) {
    assertNumbers(owner, options, { maxEntries: 1, maxAge: 0 });
    this.maxEntries = Math.floor(options.maxEntries ?? 1000);
    this.maxAge = options.maxAge ?? 60;
  }

  /** What an option `cache` asks for. */
  static of<Value extends NonNullable<unknown>>(
    owner: string,
    options: VerifiedTokenCacheOptions | false,
  ): VerifiedTokenCache<Value> | undefined {
    if (options === false) return undefined;
    if (typeof options !== 'object' || options === null) {
      throw new ConfigurationError(`${owner}: cache must be its options, or false`);
    }
    return new VerifiedTokenCache(`${owner}: cache`, options);
  }

  get(key: TokenKey): Value | undefined {
    return this.entries?.get(key);
  }

  set(key: TokenKey, value: Value, exp: number | undefined): void {
    const seconds = Math.min(this.maxAge, exp === undefined ? Infinity : exp - Date.now() / 1000);
    // To the cache an entry is still alive when its time is up, and no time at all means forever.
    const ttl = seconds * 1000 - 1;
    if (ttl > 0) this.makeRoom().set(key, value, { ttl });
  }

  private makeRoom(): LRUCache<string, Value> {
    return (this.entries ??= new LRUCache({
      max: this.maxEntries,
      // The clock is read each time, and is the one that a test may have put in its place.
      ttlResolution: 0,
      perf: performance,
    }));
  }
}
