import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import { isToken } from '../protocol/auth-params.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/** Headers, and the raw list that shows which of them were sent twice. */
export type SentHeaders = Required<Pick<SecurityRequest, 'headers' | 'rawHeaders'>>;

/**
 * The headers of a transport other than HTTP, as schemes read them: names in any case, values as texts.
 *
 * A value that is not a text is kept as a list: a scheme that reads this header refuses the call. What is no header name
 * is left out: in lower case, some other letters are ASCII, such as the Kelvin sign.
 */
export function sentHeaders(sent: Iterable<readonly [name: string, value: unknown]>): SentHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>;
  const rawHeaders: string[] = [];
  for (const [sentName, value] of sent) {
    if (value === undefined || value === null || !isToken(sentName)) continue;
    const name = sentName.toLowerCase();
    const text = typeof value === 'string' ? value : undefined;
    headers[name] = joined(name, headers[name], text);
    if (text !== undefined) rawHeaders.push(sentName, text);
  }
  return { headers, rawHeaders };
}

/** The most parameters that a client may send, far more than any does. */
const MOST_PARAMETERS = 1000;

/**
 * What a client sent as headers by name; anything but an object counts as nothing, and so does what is no header name.
 *
 * @throws InvalidRequestException where there are too many.
 */
export function sentParameters(sent: unknown): [name: string, value: unknown][] {
  if (typeof sent !== 'object' || sent === null) return [];
  const parameters = Object.entries(sent);
  if (parameters.length > MOST_PARAMETERS) {
    throw new InvalidRequestException('Too many parameters were sent');
  }
  return parameters.filter(([name]) => isToken(name));
}

/**
 * Cookies may come in several lines, as in HTTP/2. Any other header is ambiguous where it has a second line.
 *
 * The list is extended in place, as a client may send one header thousands of times.
 */
function joined(
  name: string,
  earlier: string | string[] | undefined,
  text: string | undefined,
): string | string[] {
  if (earlier === undefined) return text ?? [];
  if (typeof earlier === 'string') {
    if (text === undefined) return [earlier];
    return name === 'cookie' ? `${earlier}; ${text}` : [earlier, text];
  }
  if (text !== undefined) earlier.push(text);
  return earlier;
}
