/** A promise that did not settle in time; its name is that of the platform's own such errors. */
export class DeadlineExceededError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The promise's outcome, or a `DeadlineExceededError` when it does not settle within some seconds.
 *
 * What the promise stands for goes on; only nobody waits for it any longer.
 */
export function withDeadline<T>(
  promise: PromiseLike<T>,
  seconds: number,
  what: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new DeadlineExceededError(`${what} did not settle within ${seconds} s`)),
      seconds * 1000,
    ).unref();
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
