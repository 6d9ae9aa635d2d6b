import type { HttpLimits } from './http-json.js';
import type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

/**
 * Options of `TokenIntrospector`.
 *
 * @publicApi
 */
export interface TokenIntrospectorOptions extends HttpLimits {
  /** The introspection endpoint: https, or http on loopback. */
  readonly endpoint: string | URL;
  /** This API's identifier at the authorization server. */
  readonly clientId: string;
  /** This API's secret at the authorization server. */
  readonly clientSecret: string;
  /** Where the two are sent: in the header or in the form. Default: `client_secret_basic`. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
  /** The `iss` an active token must have. Default: any, or none. */
  readonly issuer?: string;
  /** The `aud` this API goes by; of several, an active token must name one. Default: any, or none. */
  readonly audience?: string | readonly string[];
  /**
   * Accept tokens that are bound to a key or a certificate (`cnf`); whoever sets it checks the binding,
   * by `DpopVerifier` or `requireCertificateBinding`. Default: `false`, they are no bearer tokens.
   */
  readonly acceptBound?: boolean;
  /** Remember active tokens; `{}` takes the defaults. Default: the server is asked each time. */
  readonly cache?: VerifiedTokenCacheOptions;
}
