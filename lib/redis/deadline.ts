/**
 * Waits for work no longer than some milliseconds; then the work is told to stop, and its end ignored.
 *
 * @throws DOMException named `TimeoutError` (rejected) when the time is over.
 */
export async function withDeadline<T>(
  time: number,
  work: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException(`No answer within ${time} ms`, 'TimeoutError');
      reject(reason);
      abort.abort(reason);
    }, time).unref();
  });
  try {
    return await Promise.race([work(abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
