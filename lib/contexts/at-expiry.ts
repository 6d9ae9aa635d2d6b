/** As far ahead as Node's timers can look, in milliseconds. */
const FARTHEST = 2 ** 31 - 1;

/**
 * Calls back when credentials expire, or at once where they have expired. The timer does not keep the process running.
 *
 * @param expiresAt Seconds since the epoch.
 * @returns A function that cancels the call.
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
