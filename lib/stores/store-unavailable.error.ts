/**
 * A store could not answer: it is unreachable, too slow, or full.
 *
 * It says nothing about the credentials of the request, which has to be refused with 503 and may be
 * repeated. `cause` is for logs.
 *
 * @publicApi
 */
export class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
  override readonly name = 'StoreUnavailableError';
}
