import { InvalidRequestException } from '../errors/invalid-request.exception.js';

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

/**
 * The value of a header that may be sent once; `undefined` when it is absent.
 *
 * Node keeps the first of two `Authorization` lines and joins two of an unknown name with a comma, so
 * that a proxy and the application may see different credentials: both are refused.
 *
 * @param name The header's name in lower case.
 * @throws InvalidRequestException when the header was sent more than once or, over transports other than HTTP, is not
 * text.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.3
 */
export function readHeader(request: SecurityRequest, name: string): string | undefined {
  const { headers } = request;
  if (!Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  if (value === undefined) return undefined;
  const isRepeated = isSentTwice(request.rawHeaders ?? request.raw?.rawHeaders, name);
  return typeof value === 'string' && !isRepeated ? value : refuseHeader(value, name);
}

function refuseHeader(value: unknown, name: string): never {
  const isText = typeof value === 'string' || (Array.isArray(value) && value.length > 0);
  throw isText
    ? sentTwice(`${name} header`)
    : new InvalidRequestException(`The ${name} header must be a text`);
}

/**
 * The only value that was sent, a text; `undefined` where none was sent.
 *
 * @throws InvalidRequestException when it was sent more than once, or as a list or an object.
 */
export function single(sent: readonly unknown[], what: string): string | undefined {
  const [value] = sent;
  if (sent.length < 2 && (value === undefined || typeof value === 'string')) return value;
  throw sentTwice(what);
}

function sentTwice(what: string): InvalidRequestException {
  return new InvalidRequestException(`The ${what} was sent more than once`);
}

/** Compares names only if several have the right length: usually just one has. */
function isSentTwice(rawHeaders: readonly string[] | undefined, name: string): boolean {
  if (rawHeaders === undefined) return false;
  let candidates = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === name.length) candidates++;
  }
  return candidates > 1 && linesOf(rawHeaders, name) > 1;
}

function linesOf(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((line, index) => index % 2 === 0 && line.toLowerCase() === name).length;
}
