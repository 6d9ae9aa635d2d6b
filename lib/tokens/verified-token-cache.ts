import { hash } from 'node:crypto';
import { requireNumbers } from './jwt-option-checks.js';

/**
 * Remembers tokens that were found good.
 *
 * A revoked token, and one whose key was withdrawn, stays good until its entry dies.
 *
 * @publicApi
 */
export interface VerifiedTokenCacheOptions {
  /** The most tokens held; the one unused for longest gives way. Default: 1000. */
  readonly maxEntries?: number;
  /** Seconds an entry lives; never beyond the token's own `exp`. Default: 60. */
  readonly maxAge?: number;
}

interface Entry<Value> {
  readonly value: Value;
  /** By the monotonic clock, in milliseconds. */
  readonly diesAt: number;
}

/** Values by token. It holds no token, only its SHA-256, and never more than `maxEntries`. */
export class VerifiedTokenCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly maxEntries: number;
  private readonly maxAge: number;

  constructor(owner: string, options: VerifiedTokenCacheOptions) {
    requireNumbers(owner, options, { maxEntries: 1, maxAge: 0 });
    this.maxEntries = options.maxEntries ?? 1000;
    this.maxAge = options.maxAge ?? 60;
  }

  get(token: string): Value | undefined {
    const key = keyOf(token);
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (performance.now() >= entry.diesAt) return undefined;
    // A Map keeps the order of insertion: the first entry is the one unused for longest.
    this.entries.set(key, entry);
    return entry.value;
  }

  set(token: string, value: Value, exp: number | undefined): void {
    const seconds = Math.min(this.maxAge, exp === undefined ? Infinity : exp - Date.now() / 1000);
    if (seconds <= 0) return;
    const key = keyOf(token);
    this.entries.delete(key);
    this.entries.set(key, { value, diesAt: performance.now() + seconds * 1000 });
    if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
