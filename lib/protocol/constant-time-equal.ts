import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Compares two secrets without letting the time it takes tell where, or in what length, they differ.
 *
 * @see [crypto.timingSafeEqual](https://nodejs.org/api/crypto.html#cryptotimingsafeequala-b)
 */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

// As UTF-8 every lone surrogate would become U+FFFD, and different strings equal.
function digest(text: string): Buffer {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer');
}
