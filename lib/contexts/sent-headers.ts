import type { SecurityRequest } from '../schemes/security-request.js';

/** Headers, and the list of them that shows what was sent twice. */
export type SentHeaders = Required<Pick<SecurityRequest, 'headers' | 'rawHeaders'>>;

/**
 * What a transport carries in place of HTTP's headers, as schemes read it: names in any case, values of text.
 *
 * A value that is no text is kept as a list: whoever reads that header refuses the call, nobody else minds it.
 */
export function sentHeaders(sent: Iterable<readonly [name: string, value: unknown]>): SentHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>;
  const rawHeaders: string[] = [];
  for (const [sentName, value] of sent) {
    if (value === undefined || value === null) continue;
    const name = sentName.toLowerCase();
    const text = typeof value === 'string' ? value : undefined;
    headers[name] = joined(name, headers[name], text);
    if (text !== undefined) rawHeaders.push(sentName, text);
  }
  return { headers, rawHeaders };
}

/**
 * Cookies may come in several lines, as in HTTP/2; of any other header a second one makes it doubtful which is meant.
 *
 * A list grows where it is: a client may send one value thousands of times.
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
