import { BearerScheme, type BearerOptions } from './bearer-scheme.js';
import { assertUrl, requireOptions } from './option-checks.js';
import { registerOptions, OF_BEARERS } from './scheme-options.js';
import type { SecurityRequest } from './security-request.js';
import type { OpenIdConnectSchemeObject } from './security-scheme-object.js';

/**
 * Options of `OpenIdConnect`.
 *
 * @publicApi
 */
export interface OpenIdConnectOptions<User = string> extends BearerOptions<string, User> {
  /** The provider's discovery document, such as `https://login.example/.well-known/openid-configuration`. */
  readonly openIdConnectUrl: string;
}

/**
 * A bearer token of an OpenID provider; its credentials are the token.
 *
 * It documents the discovery document and does not fetch it. Scopes are the provider's, so any scope
 * may be required.
 *
 * @example
 * ```ts
 * import { OpenIdConnect } from 'nestjs-security';
 *
 * export const staff = new OpenIdConnect({
 *   schemeName: 'Staff',
 *   openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
 * });
 * ```
 *
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html
 * @throws ConfigurationError when the URL is not one.
 * @publicApi
 */
export class OpenIdConnect<User = string, Scope extends string = string> extends BearerScheme<
  string,
  User,
  Scope
> {
  readonly openIdConnectUrl: string;

  constructor(options: OpenIdConnectOptions<User>) {
    super(requireOptions(options, new.target));
    assertUrl(`${this.schemeName}: openIdConnectUrl`, options.openIdConnectUrl);
    this.openIdConnectUrl = options.openIdConnectUrl;
  }

  describe(): OpenIdConnectSchemeObject {
    return this.described({ type: 'openIdConnect', openIdConnectUrl: this.openIdConnectUrl });
  }

  extract(request: SecurityRequest): string | undefined {
    return this.extractToken(request);
  }
}

registerOptions<OpenIdConnectOptions>(OpenIdConnect, { ...OF_BEARERS, openIdConnectUrl: true });
