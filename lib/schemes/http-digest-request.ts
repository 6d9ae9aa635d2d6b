import type { SecurityRequest } from './security-request.js';

/** What Express, Fastify and Nest add to a request. */
interface FrameworkRequest extends SecurityRequest {
  /** The request target before a router or a rewrite changed `url`. */
  readonly originalUrl?: string;
  /** The bytes of the body, in applications created with `rawBody: true`. */
  readonly rawBody?: unknown;
}

export const NO_BODY = new Uint8Array();

/** The request target as the client sent it. */
export function requestTarget(request: SecurityRequest): string | undefined {
  return (request as FrameworkRequest).originalUrl ?? request.url;
}

/** The exact bytes of the request's body, or `undefined` where they were not kept. */
export function rawBody(request: SecurityRequest): Uint8Array | undefined {
  const { rawBody: bytes } = request as FrameworkRequest;
  if (bytes instanceof Uint8Array) return bytes;
  return hasBody(request) ? undefined : NO_BODY;
}

// HTTP/2 has bodies without a length: there Content-Type gives them away.
function hasBody({ headers }: SecurityRequest): boolean {
  const length = headers['content-length'] ?? '0';
  const isFramed = headers['transfer-encoding'] !== undefined || length !== '0';
  return isFramed || headers['content-type'] !== undefined;
}
