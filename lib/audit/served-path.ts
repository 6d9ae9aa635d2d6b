import type { AuditedRoute } from './audited-route.js';

/**
 * The path of the route that a relative URL refers to, such as `/api/v1/token` for `token`; `undefined` where there is
 * none.
 *
 * The URL may leave out global prefix, module path and version. Of several matching routes it means the one with the
 * shortest path.
 */
export function servedPath(
  url: string,
  method: 'GET' | 'POST',
  routes: readonly AuditedRoute[],
): string | undefined {
  const { pathname } = new URL(url, 'http://server');
  const [shortest] = routes
    .filter((route) => route.method === method || route.method === 'ALL')
    .map(({ path }) => path)
    .filter((path) => path === pathname || path.endsWith(pathname))
    .toSorted((a, b) => a.length - b.length);
  return shortest;
}

/** Whether a URL is one of the application itself. */
export function isRelative(url: string): boolean {
  return !URL.canParse(url) && !url.startsWith('//');
}
