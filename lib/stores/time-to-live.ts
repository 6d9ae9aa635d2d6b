/**
 * A time to live as whole milliseconds, never shorter than asked for.
 *
 * @throws RangeError when it is not a positive number of seconds.
 */
export function milliseconds(ttlSeconds: number): number {
  const time = Math.ceil(ttlSeconds * 1000);
  if (!Number.isSafeInteger(time) || time <= 0) {
    throw new RangeError('A time to live is a positive number of seconds');
  }
  return time;
}
