import type { AuditedRoute } from './audited-route.js';

/**
 * The path of the route that a relative URL means, such as `/api/v1/token` for `token`; `undefined` where none does.
 *
 * Global prefix, module path and version may be left out of the URL. Of several routes the one with the shortest
 * path is meant.
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
