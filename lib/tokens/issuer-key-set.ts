import { fetchJson } from './http-json.js';
import { discoverJwksUri } from './issuer-metadata.js';
import type { JwksOptions } from './jwt-verifier.options.js';

const JWKS_HEADERS = { accept: 'application/json, application/jwk-set+json' };

/** Fetches a key set. */
export function fetchKeySet(url: URL, options: JwksOptions): Promise<unknown> {
  return fetchJson(url, options, { headers: JWKS_HEADERS });
}

/** Fetches an issuer's key set; where it is, is found out once per `maxAge`, and after a failure. */
export class IssuerKeySet {
  private jwksUri: { readonly url: URL; readonly at: number } | undefined;

  constructor(
    private readonly issuer: string,
    private readonly options: JwksOptions,
  ) {}

  async fetch(): Promise<unknown> {
    const { url, at } = this.known() ?? (await this.discover());
    this.jwksUri = undefined;
    const keySet = await fetchKeySet(url, this.options);
    this.jwksUri = { url, at };
    return keySet;
  }

  private known() {
    const { jwksUri } = this;
    const maxAge = (this.options.maxAge ?? 600) * 1000;
    return jwksUri && performance.now() < jwksUri.at + maxAge ? jwksUri : undefined;
  }

  private async discover() {
    return { url: await discoverJwksUri(this.issuer, this.options), at: performance.now() };
  }
}
