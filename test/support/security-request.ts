import type { SecurityRequest } from '../../lib/schemes/security-request.js';

type Line = [name: string, value: string];

const FIRST_LINE_COUNTS = new Set(['authorization', 'content-type', 'host']);

/** A request with these header lines, as Node's server would hand it over. */
export function requestWith(...lines: Line[]): SecurityRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const earlier = Object.hasOwn(headers, key) ? headers[key] : undefined;
    if (earlier === undefined) headers[key] = value;
    else if (!FIRST_LINE_COUNTS.has(key)) headers[key] = `${earlier}${joint(key)}${value}`;
  }
  return { method: 'GET', url: '/', headers, rawHeaders: lines.flat() };
}

/** A request with these `Authorization` lines. */
export function authorized(...values: string[]): SecurityRequest {
  return requestWith(...values.map((value): Line => ['Authorization', value]));
}

/** A request for this target, without headers of interest. */
export function requestFor(url: string): SecurityRequest {
  return { method: 'GET', url, headers: {}, rawHeaders: [] };
}

/** A posted form as a body parser leaves it. */
export function formRequest(body: unknown, contentType = 'application/x-www-form-urlencoded') {
  return { ...requestWith(['Content-Type', contentType]), method: 'POST', body };
}

function joint(name: string): string {
  return name === 'cookie' ? '; ' : ', ';
}
