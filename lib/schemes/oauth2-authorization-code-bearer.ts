import { flow, OAuth2Bearer, type OAuth2TokenUrlOptions } from './oauth2-bearer.js';

/**
 * Options of `OAuth2AuthorizationCodeBearer`.
 *
 * @publicApi
 */
export interface OAuth2AuthorizationCodeOptions<
  User = string,
  Scope extends string = string,
> extends OAuth2TokenUrlOptions<User, Scope> {
  /** Where users log in; absolute, or relative to the server. */
  readonly authorizationUrl: string;
}

/**
 * A bearer token obtained by the authorization code flow; its credentials are the token.
 *
 * It does not run the flow: the authorization server and the client do.
 *
 * @example
 * ```ts
 * import { OAuth2AuthorizationCodeBearer } from 'nestjs-security';
 *
 * export const staffToken = new OAuth2AuthorizationCodeBearer<string, 'reports'>({
 *   schemeName: 'StaffToken',
 *   authorizationUrl: 'https://login.example/authorize',
 *   tokenUrl: 'https://login.example/token',
 *   scopes: { reports: 'Read reports.' },
 *   validate: (token) => (token === 'from your store' ? { user: 'ada', scopes: ['reports'] } : null),
 * });
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1
 * @throws ConfigurationError when a URL or a scope is not one.
 * @publicApi
 */
export class OAuth2AuthorizationCodeBearer<
  User = string,
  Scope extends string = string,
> extends OAuth2Bearer<User, Scope> {
  constructor(options: OAuth2AuthorizationCodeOptions<User, Scope>) {
    const { authorizationUrl, tokenUrl } = options;
    super({
      ...options,
      flows: { authorizationCode: { authorizationUrl, tokenUrl, ...flow(options) } },
    });
  }
}
