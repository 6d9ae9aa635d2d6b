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
  return thenWithin(promise, seconds, what, (value) => value, rethrow);
}

function rethrow(error: unknown): never {
  throw error;
}

/** `withDeadline(…).then(fulfilled, rejected)` by one promise less: most requests wait for one. */
export function thenWithin<T, R>(
  promise: PromiseLike<T>,
  seconds: number,
  what: string,
  fulfilled: (value: T) => R | PromiseLike<R>,
  rejected: (error: unknown) => R | PromiseLike<R>,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(timer);
      conclude(rejected, error, resolve, reject);
    };
    const timer = setTimeout(
      () => fail(new DeadlineExceededError(`${what} did not settle within ${seconds} s`)),
      seconds * 1000,
    ).unref();
    // What has a `then` of its own may throw in it, or call back twice.
    Promise.resolve(promise).then((value) => {
      clearTimeout(timer);
      conclude(fulfilled, value, resolve, reject);
    }, fail);
  });
}

function conclude<T, R>(
  by: (settled: T) => R,
  settled: T,
  resolve: (value: R) => void,
  reject: (error: unknown) => void,
): void {
  try {
    resolve(by(settled));
  } catch (error) {
    reject(error);
  }
}
