import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Compares two secrets in a time that does not depend on where, or in what length, they differ.
 *
 * It is no protection for weak secrets: passwords need a password hash.
 *
 * @example
 * ```ts
 * import { constantTimeEqual } from 'nestjs-security';
 *
 * export function isServiceKey(key: string, keys: readonly string[]): boolean {
 *   return keys.filter((known) => constantTimeEqual(key, known)).length > 0;
 * }
 * ```
 *
 * @see [crypto.timingSafeEqual](https://nodejs.org/api/crypto.html#cryptotimingsafeequala-b)
 * @publicApi
 */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

// In UTF-8, every lone surrogate becomes U+FFFD, so that different strings would be equal.
function digest(text: string): Buffer {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer');
}
