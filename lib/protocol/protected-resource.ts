import { isProtected } from './protected-url.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * The URL of a protected resource's metadata: the well-known path stands between the host and the resource's own path.
 *
 * @see [RFC 9728, section 3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1)
 */
export function resourceMetadataUrl(resource: string): URL {
  const url = new URL(resource);
  url.pathname = WELL_KNOWN + (url.pathname === '/' ? '' : url.pathname);
  return url;
}

/**
 * Tells which of several resources a request is for: the one with the longest path that the target begins with. A
 * single resource is the answer to every request.
 *
 * @param target The request target, query included, as the server received it.
 * @param ignoresCase Whether the server matches paths case-insensitively. Default: no.
 * @returns `undefined` where the target begins with none of their paths.
 */
export function resourceAt(
  resources: readonly string[],
  target: string | undefined,
  ignoresCase = false,
): string | undefined {
  if (resources.length === 1) return resources[0];
  const cased = (path: string) => (ignoresCase ? path.toLowerCase() : path);
  const [path = ''] = cased(target ?? '').split('?');
  const length = (resource: string) => pathOf(resource).length;
  return resources
    .filter((resource) => `${path}/`.startsWith(`${cased(pathOf(resource))}/`))
    .toSorted((a, b) => length(b) - length(a))[0];
}

function pathOf(resource: string): string {
  return new URL(resource).pathname.replace(/\/$/, '');
}

/**
 * Tells whether a URL can identify a resource or a server: https, or http on this machine, with nothing after the host
 * but a path.
 *
 * @see [RFC 9728, section 1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)
 */
export function isResourceIdentifier(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const { username, password, search, hash } = url;
  return isProtected(url) && [username, password, search, hash].every((part) => part === '');
}
