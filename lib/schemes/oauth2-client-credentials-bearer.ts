import { flow, OAuth2Bearer, type OAuth2TokenUrlOptions } from './oauth2-bearer.js';

/**
 * A bearer token that a service obtained with its own credentials; its credentials are the token.
 *
 * @example
 * ```ts
 * import { OAuth2ClientCredentialsBearer } from 'nestjs-security';
 *
 * export const serviceToken = new OAuth2ClientCredentialsBearer<string, 'sync'>({
 *   schemeName: 'ServiceToken',
 *   tokenUrl: 'https://login.example/token',
 *   scopes: { sync: 'Synchronise records.' },
 *   validate: (token) => (token === 'from your store' ? { user: 'crawler', scopes: ['sync'] } : null),
 * });
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 * @throws ConfigurationError when a URL or a scope is not one.
 * @publicApi
 */
export class OAuth2ClientCredentialsBearer<
  User = string,
  Scope extends string = string,
> extends OAuth2Bearer<User, Scope> {
  constructor(options: OAuth2TokenUrlOptions<User, Scope>) {
    super({
      ...options,
      flows: { clientCredentials: { tokenUrl: options.tokenUrl, ...flow(options) } },
    });
  }
}
