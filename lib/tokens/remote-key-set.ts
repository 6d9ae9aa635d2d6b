import { fetchJson, type HttpOptions } from './http-json.js';

/** A JSON Web Key Set that another server serves, and may replace. */
export interface RemoteKeySet {
  /** What is fetched, for logs. */
  readonly name: string;
  /**
   * Resolves to the parsed JSON, or rejects.
   *
   * @param isRetry Whether the last fetch failed: the key set may have moved.
   */
  fetch(isRetry: boolean): Promise<unknown>;
}

/** The key set at a URL. */
export function keySetAt(url: URL, options: HttpOptions): RemoteKeySet {
  return { name: `The key set of ${url.host}`, fetch: () => fetchKeySet(url, options) };
}

const HEADERS = { accept: 'application/json, application/jwk-set+json' };

/**
 * Fetches a key set; file servers may send it as a type other than JSON.
 *
 * @param namedBy The server that named the URL, where the configuration did not.
 */
export function fetchKeySet(url: URL, options: HttpOptions, namedBy?: URL): Promise<unknown> {
  const named = namedBy && { namedBy };
  return fetchJson(url, options, { headers: HEADERS, untyped: true, ...named });
}
