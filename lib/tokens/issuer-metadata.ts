import { ConfigurationError } from '../errors/configuration.error.js';
import { fetchJson, type HttpOptions, UnexpectedResponseError } from './http-json.js';
import type { JwksOptions } from './jwt-verifier.options.js';
import { assertText } from './option-checks.js';
import { quote } from './quote.js';
import { fetchKeySet, type RemoteKeySet } from './remote-key-set.js';
import { assertTrustedUrl, isTrustedReference } from './trusted-url.js';

/** How much of an issuer's answer an error quotes, in characters. */
const LONGEST = 200;

/**
 * The placeholder in Entra ID's metadata for all tenants, in place of which a token's issuer has the tenant's
 * identifier.
 */
const TENANT = '{tenantid}';

/**
 * The configured issuer and the one that its metadata names differ by a slash at the end.
 *
 * Trying again cannot help, so this is no outage: it is answered with 500, which Nest logs.
 */
export class IssuerMismatchError extends Error {
  override readonly name = 'IssuerMismatchError';
}

/** Refuses an issuer whose metadata could not be found or trusted. */
export function assertIssuerUrl(issuer: unknown, options: HttpOptions): asserts issuer is string {
  assertText('JwtVerifier: issuer', issuer);
  assertTrustedUrl('JwtVerifier: issuer', issuer, options);
  if (issuer.includes('?')) {
    throw new ConfigurationError('JwtVerifier: issuer must not hold a query');
  }
}

/** An issuer's key set. The metadata that names its URL is fetched once per `maxAge`, and after a failure. */
export class IssuerKeySet implements RemoteKeySet {
  readonly name: string;
  private jwksUri: { readonly url: URL; readonly at: number } | undefined;

  constructor(
    private readonly issuer: string,
    private readonly options: JwksOptions,
  ) {
    this.name = `The key set of ${issuer}`;
  }

  async fetch(isRetry: boolean): Promise<unknown> {
    const { url, at } = (isRetry ? undefined : this.known()) ?? (await this.discover());
    this.jwksUri = undefined;
    const keySet = await fetchKeySet(url, this.options, new URL(this.issuer));
    this.jwksUri = { url, at };
    return keySet;
  }

  private known() {
    const { jwksUri } = this;
    const maxAge = (this.options.maxAge ?? 600) * 1000;
    return jwksUri && performance.now() < jwksUri.at + maxAge ? jwksUri : undefined;
  }

  private async discover() {
    const metadata = (await fetchMetadata(new URL(this.issuer), this.options)) as Metadata;
    checkIssuer(metadata?.issuer, this.issuer);
    const url = readJwksUri(metadata?.jwks_uri, new URL(this.issuer), this.options);
    return { url, at: performance.now() };
  }
}

type Metadata = { readonly issuer?: unknown; readonly jwks_uri?: unknown } | null;

/**
 * Fetches the metadata from where OpenID Connect puts it, after the issuer's path or, if there is none, from where
 * OAuth 2.0 puts it, before the path.
 *
 * @see [RFC 8414, section 3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1)
 */
async function fetchMetadata({ origin, pathname }: URL, options: HttpOptions): Promise<unknown> {
  const path = pathname.replace(/\/$/, '');
  try {
    const openId = new URL(`${origin}${path}/.well-known/openid-configuration`);
    return await fetchJson(openId, options);
  } catch (error) {
    if (!isClientError(error)) throw error;
  }
  return fetchJson(new URL(`${origin}/.well-known/oauth-authorization-server${path}`), options);
}

function isClientError(error: unknown): boolean {
  return error instanceof UnexpectedResponseError && error.status >= 400 && error.status < 500;
}

/** Refuses another issuer's metadata, except Entra ID's for all tenants, which leave the tenant open. */
function checkIssuer(named: unknown, issuer: string): void {
  if (named === issuer || isTenantOf(named, issuer)) return;
  const message =
    `The issuer is configured as ${quote(issuer, LONGEST)}, but its metadata names ${quote(named, LONGEST)}: ` +
    'they must be equal to the letter';
  if (named === `${issuer}/` || `${String(named)}/` === issuer) {
    throw new IssuerMismatchError(message);
  }
  const hint = String(named).includes(TENANT)
    ? '; name tenants, or pass a function to fromIssuers'
    : '';
  throw new Error(message + hint);
}

function isTenantOf(named: unknown, issuer: string): boolean {
  if (typeof named !== 'string') return false;
  const [before, after, ...more] = named.split(TENANT);
  if (after === undefined || more.length > 0) return false;
  const tenant = issuer.slice(before!.length, issuer.length - after.length);
  return (
    issuer === before + tenant + after && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(tenant)
  );
}

function readJwksUri(value: unknown, issuer: URL, options: HttpOptions): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  // A remote issuer must not make this server send requests to itself or into its network.
  if (url !== undefined && isTrustedReference(url, issuer, options)) return url;
  throw new Error(
    `The jwks_uri in the metadata of ${issuer.href} is not trusted: ${quote(value, LONGEST)}; a host inside ` +
      'the network, or one over http, must be listed in allowInsecureHttp',
  );
}
