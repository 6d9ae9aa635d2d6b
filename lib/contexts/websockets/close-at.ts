import type { EventEmitter } from 'node:events';

/** The longest time that a timer of Node can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Ends a connection at a time, in seconds since the epoch, unless it ended before.
 *
 * @param ended The event by which a client tells that its connection has ended.
 */
export function closeAt(
  expiresAt: number,
  client: EventEmitter,
  ended: string,
  close: () => void,
): void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const remaining = expiresAt * 1000 - Date.now();
    if (remaining <= 0) return close();
    timer = setTimeout(wait, Math.min(remaining, LONGEST)).unref();
  };
  client.once(ended, () => clearTimeout(timer));
  wait();
}
