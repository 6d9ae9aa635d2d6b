/** The longest that a timer of Node can wait, in seconds: 24 days. Given more, it would not wait at all. */
export const LONGEST_DEADLINE = 2_147_483;

/** A promise that did not settle in time; its name is that of the platform's own such errors. */
export class DeadlineExceededError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The promise's outcome, or a `DeadlineExceededError` when it does not settle within some seconds.
 *
 * What the promise stands for is not stopped: only nobody waits for it any longer.
 *
 * @param seconds `LONGEST_DEADLINE` at most.
 * @param what What is waited for, as the error calls it.
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
