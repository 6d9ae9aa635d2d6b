import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import type { SecurityRequest } from './security-request.js';

/**
 * The value of a header that may be sent once; `undefined` when it is absent.
 *
 * Node keeps the first of two `Authorization` lines and joins two of an unknown name with a comma, so
 * that a proxy and the application may see different credentials: both are refused.
 *
 * @param name The header's name in lower case.
 * @throws InvalidRequestException when the header was sent more than once.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.3
 */
export function readHeader(request: SecurityRequest, name: string): string | undefined {
  const { headers } = request;
  if (!Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  if (value === undefined) return undefined;
  if (
    typeof value !== 'string' ||
    isSentTwice(request.rawHeaders ?? request.raw?.rawHeaders, name)
  ) {
    throw new InvalidRequestException(`The ${name} header was sent more than once`);
  }
  return value;
}

/** Names are compared only where several have the right length: most often one has. */
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
