import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuditedRoute } from '../audit/audited-route.js';
import { isRelative, servedPath } from '../audit/served-path.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/** The URLs of a flow, and the methods of requests to them. */
const METHODS = {
  authorizationUrl: 'GET',
  deviceAuthorizationUrl: 'POST',
  refreshUrl: 'POST',
  tokenUrl: 'POST',
} as const;

type Servers = OpenAPIObject['servers'];

/**
 * Replaces each relative URL of a scheme by the URL of the route that it refers to, below the document's first server.
 *
 * Clients resolve relative URLs against different addresses: Swagger UI, for one, against that of its page.
 *
 * @param leftToServers The global prefix, where the document's paths leave it to its servers; otherwise empty.
 * @param audit Lists the routes; called only where some URL is relative.
 */
export function publishUrls(
  scheme: SecuritySchemeObject,
  servers: Servers,
  leftToServers: string,
  audit: () => readonly AuditedRoute[],
): void {
  const base = baseOf(servers);
  const prefix = `/${leftToServers.replace(/^\/|\/$/g, '')}/`;
  const below = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length - 1) : path);
  changeUrls(scheme, (url, method) => {
    if (!isRelative(url)) return url;
    const { pathname, search, hash } = new URL(url, 'http://server');
    const served = servedPath(url, method, audit());
    return `${base}${served === undefined ? pathname : below(served)}${search}${hash}`;
  });
}

/** Changes the URLs of a document to what clients see through a proxy that strips a prefix from paths. */
export function prefixUrls(document: OpenAPIObject, prefix: string): void {
  const { servers = [] } = document;
  const prefixed = (url: string) => (/^\/(?!\/)/.test(url) ? `${prefix}${url}` : url);
  document.servers =
    servers.length === 0
      ? [{ url: prefix }]
      : servers.map((server) => ({ ...server, url: prefixed(server.url).replace(/\/$/, '') }));
  const schemes = Object.values(document.components?.securitySchemes ?? {});
  for (const scheme of schemes) changeUrls(scheme as SecuritySchemeObject, prefixed);
}

function changeUrls(
  scheme: SecuritySchemeObject,
  change: (url: string, method: 'GET' | 'POST') => string,
): void {
  if (scheme.type === 'openIdConnect') {
    Object.assign(scheme, { openIdConnectUrl: change(scheme.openIdConnectUrl, 'GET') });
  }
  if (scheme.type !== 'oauth2') return;
  for (const flow of Object.values(scheme.flows) as Record<string, unknown>[]) {
    for (const [name, method] of Object.entries(METHODS)) {
      const url = flow[name];
      if (typeof url === 'string') flow[name] = change(url, method);
    }
  }
}

/** The first server's URL without a final slash, its variables at their defaults. */
function baseOf(servers: Servers): string {
  const [server] = servers ?? [];
  if (server === undefined) return '';
  return server.url
    .replace(/\{(\w+)\}/g, (_variable, name: string) => String(server.variables?.[name]?.default))
    .replace(/\/$/, '');
}
