import { hash } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { assertNumbers } from './option-checks.js';
import { type TokenKey, TokenTable } from './token-table.js';

/**
 * How verified tokens are cached.
 *
 * A revoked token stays accepted until its entry expires.
 *
 * @publicApi
 */
export interface VerifiedTokenCacheOptions {
  /**
   * The most tokens held; the least recently used gives way. Memory for all is allocated with the first. Default: 1000.
   */
  readonly maxEntries?: number;
  /** Seconds an entry lives; never beyond the token's own `exp`. Default: 60. */
  readonly maxAge?: number;
}

/** The SHA-256 of a token, a character for each byte: the shortest text is the quickest to make. */
export function tokenKey(token: string): TokenKey {
  return hash('sha256', token, 'binary') as TokenKey;
}

/** Caches values by token. It holds no token, only its SHA-256, and never more than `maxEntries`. */
export class VerifiedTokenCache<Value> {
  private table: TokenTable | undefined;
  private values: (Value | undefined)[] = [];
  /** When each slot expires, by the monotonic clock, in milliseconds. */
  private until = new Float64Array();
  private readonly maxEntries: number;
  private readonly maxAge: number;

  constructor(owner: string, options: VerifiedTokenCacheOptions) {
    assertKnownOptions(owner, options, { maxEntries: true, maxAge: true });
    assertNumbers(owner, options, { maxEntries: 1, maxAge: 0 });
    this.maxEntries = Math.floor(options.maxEntries ?? 1000);
    this.maxAge = options.maxAge ?? 60;
  }

  /** The cache that an option `cache` asks for; `undefined` for `false`. */
  static of<Value>(
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
    const slot = this.table?.find(key) ?? -1;
    if (slot === -1) return undefined;
    if (performance.now() >= this.until[slot]!) this.values[slot] = undefined;
    return this.values[slot];
  }

  set(key: TokenKey, value: Value, exp: number | undefined): void {
    const seconds = Math.min(this.maxAge, exp === undefined ? Infinity : exp - Date.now() / 1000);
    if (seconds <= 0) return;
    this.table ??= this.makeRoom();
    const slot = this.table.claim(key);
    this.values[slot] = value;
    this.until[slot] = performance.now() + seconds * 1000;
  }

  /** Replaces the value of a cached token; it expires when it would have. */
  replace(key: TokenKey, value: Value): void {
    const slot = this.table?.find(key) ?? -1;
    if (slot !== -1) this.values[slot] = value;
  }

  private makeRoom(): TokenTable {
    this.values = Array.from({ length: this.maxEntries });
    this.until = new Float64Array(this.maxEntries);
    return new TokenTable(this.maxEntries);
  }
}
