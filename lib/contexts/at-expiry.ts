/** As far ahead as Node's timers can look, in milliseconds. */
const FARTHEST = 2 ** 31 - 1;

/**
 * Calls back when credentials expire, at once where they have; it keeps no process running.
 *
 * @param expiresAt Seconds since the epoch.
 * @returns how to forget it.
 */
export function atExpiry(expiresAt: number, reached: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const left = expiresAt * 1000 - Date.now();
    if (left > 0) timer = setTimeout(wait, Math.min(left, FARTHEST)).unref();
    else reached();
  };
  wait();
  return () => clearTimeout(timer);
}
