import { ConfigurationError } from '../errors/configuration.error.js';
import { fetchJson, type HttpLimits, UnexpectedResponseError } from './http-json.js';
import { requireProtectedUrl } from './http-url.js';
import { isLoopback, isProtected } from '../protocol/protected-url.js';
import { requireText } from './jwt-option-checks.js';

/** Refuses an issuer whose metadata could not be found or trusted. */
export function requireIssuerUrl(issuer: string): URL {
  const url = requireProtectedUrl(
    'JwtVerifier: issuer',
    requireText('JwtVerifier: issuer', issuer),
  );
  if (issuer.includes('?')) {
    throw new ConfigurationError('JwtVerifier: issuer must not hold a query');
  }
  return url;
}

/** Finds where an issuer serves its keys, from metadata that names this very issuer. */
export async function discoverJwksUri(issuer: string, limits: HttpLimits): Promise<URL> {
  const url = new URL(issuer);
  const metadata = (await fetchMetadata(url, limits)) as Record<string, unknown> | null;
  if (metadata?.['issuer'] !== issuer) throw new Error(`The metadata of ${issuer} is another's`);
  return requireJwksUri(metadata['jwks_uri'], url);
}

/**
 * Reads the metadata that OpenID Connect puts behind the issuer's path or, where there is none, what
 * OAuth 2.0 puts before it.
 *
 * @see [RFC 8414, section 3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1)
 */
async function fetchMetadata({ origin, pathname }: URL, limits: HttpLimits): Promise<unknown> {
  const path = pathname.replace(/\/$/, '');
  try {
    const openId = new URL(`${origin}${path}/.well-known/openid-configuration`);
    return await fetchJson(openId, limits);
  } catch (error) {
    if (!isClientError(error)) throw error;
  }
  return fetchJson(new URL(`${origin}/.well-known/oauth-authorization-server${path}`), limits);
}

function isClientError(error: unknown): boolean {
  return error instanceof UnexpectedResponseError && error.status >= 400 && error.status < 500;
}

function requireJwksUri(value: unknown, issuer: URL): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  // A remote issuer must not make this machine ask itself.
  if (url === undefined || !isProtected(url) || (isLoopback(url) && !isLoopback(issuer))) {
    throw new Error(`The metadata of ${issuer.href} holds no jwks_uri to be trusted`);
  }
  return url;
}
