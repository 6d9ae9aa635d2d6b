/** The longest delay of a Node timer, in seconds: 24 days. A longer one would end at once. */
export const LONGEST_DEADLINE = 2_147_483;

/** Reports that a promise did not settle in time, by the name of the platform's own timeout errors. */
export class DeadlineExceededError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Settles like the promise, or rejects with a `DeadlineExceededError` when that does not settle in time.
 *
 * The work behind the promise is not stopped; its outcome is ignored.
 *
 * @param seconds `LONGEST_DEADLINE` at most.
 * @param what What is waited for, for the error's message.
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
