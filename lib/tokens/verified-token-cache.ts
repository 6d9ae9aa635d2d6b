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

/** What is remembered of a token, and until when. */
export interface RememberedToken {
  /** By the monotonic clock, in milliseconds; the cache writes it. */
  until: number;
}

/** Values by token. It holds no token, only its SHA-256, and never more than `maxEntries`. */
export class VerifiedTokenCache<Value extends RememberedToken> {
  private entries: LRUCache<TokenKey, Value> | undefined;
  private readonly maxEntries: number;
  private readonly maxAge: number;

  constructor(owner: string, options: VerifiedTokenCacheOptions) {
    assertNumbers(owner, options, { maxEntries: 1, maxAge: 0 });
    this.maxEntries = Math.floor(options.maxEntries ?? 1000);
    this.maxAge = options.maxAge ?? 60;
  }

  /** What an option `cache` asks for. */
  static of<Value extends RememberedToken>(
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
    const value = this.entries?.get(key);
    if (value === undefined || performance.now() < value.until) return value;
    this.entries!.delete(key);
    return undefined;
  }

  set(key: TokenKey, value: Value, exp: number | undefined): void {
    const seconds = Math.min(this.maxAge, exp === undefined ? Infinity : exp - Date.now() / 1000);
    if (seconds <= 0) return;
    // The library could keep times itself, for as much again as the rest of what it does.
    value.until = performance.now() + seconds * 1000;
    this.entries ??= new LRUCache({ max: this.maxEntries });
    this.entries.set(key, value);
  }
}
