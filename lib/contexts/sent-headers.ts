import type { SecurityRequest } from '../schemes/security-request.js';

/** Headers, and the list of them that shows what was sent twice. */
export type SentHeaders = Required<Pick<SecurityRequest, 'headers' | 'rawHeaders'>>;

/**
 * What a transport carries in place of HTTP's headers, as schemes read it: names in any case, values of text.
 *
 * A value that is no text is kept as a list: whoever reads that header refuses the call, nobody else minds it.
 */
export function sentHeaders(sent: Iterable<readonly [name: string, value: unknown]>): SentHeaders {
  const headers = Object.create(null) as Record<string, string | readonly string[]>;
  const rawHeaders: string[] = [];
  for (const [sentName, value] of sent) {
    if (value === undefined || value === null) continue;
    const name = sentName.toLowerCase();
    const earlier = headers[name];
    headers[name] = typeof value === 'string' ? value : [];
    if (earlier !== undefined) headers[name] = joined(name, earlier, headers[name]);
    if (typeof value === 'string') rawHeaders.push(sentName, value);
  }
  return { headers, rawHeaders };
}

/** Cookies may come in several lines, as in HTTP/2; of any other header a second one makes it doubtful which is meant. */
function joined(
  name: string,
  earlier: string | readonly string[],
  value: string | readonly string[],
): string | readonly string[] {
  const isText = typeof earlier === 'string' && typeof value === 'string';
  return name === 'cookie' && isText ? `${earlier}; ${value}` : [earlier, value].flat();
}
