import { isProtected } from './protected-url.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * The URL of a protected resource's metadata: the well-known path goes between the host and the resource's own path.
 *
 * @see [RFC 9728, section 3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1)
 */
export function resourceMetadataUrl(resource: string): URL {
  const url = new URL(resource);
  url.pathname = WELL_KNOWN + url.pathname.replace(/\/$/, '');
  return url;
}

/**
 * Tells whether a URL can identify a resource or a server: https, or http on this machine, and nothing but a path behind the host.
 *
 * @see [RFC 9728, section 1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)
 */
export function isResourceIdentifier(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const { username, password, search, hash } = url;
  return isProtected(url) && [username, password, search, hash].every((part) => part === '');
}
