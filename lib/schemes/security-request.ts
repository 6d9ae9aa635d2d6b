/**
 * The few fields of a request that schemes read; Express's and Fastify's requests both have them.
 *
 * @publicApi
 */
export interface SecurityRequest {
  readonly method?: string | undefined;
  /** The request target as the server received it, query included. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Node's list of header names and values, which alone shows that a header was sent twice. */
  readonly rawHeaders?: readonly string[] | undefined;
  readonly body?: unknown;
  /** Node's connection; only one with TLS can hold a certificate of the client. */
  readonly socket?: unknown;
  /** Fastify keeps Node's request here. */
  readonly raw?:
    { readonly rawHeaders?: readonly string[] | undefined; readonly socket?: unknown } | undefined;
}
