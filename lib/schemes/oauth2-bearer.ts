import type { BearerOptions } from './bearer-scheme.js';
import { OAuth2 } from './oauth2.js';
import { requireOptions } from './option-checks.js';
import { registerOptions, OF_BEARERS } from './scheme-options.js';
import type { SecurityRequest } from './security-request.js';
import type { OAuthFlow } from './security-scheme-object.js';

/**
 * Options that the single-flow bearer schemes share.
 *
 * @publicApi
 */
export interface OAuth2BearerOptions<User, Scope extends string> extends BearerOptions<
  string,
  User
> {
  /** The metadata of the authorization server (RFC 8414), documented from OpenAPI 3.2 on. Default: not said. */
  readonly oauth2MetadataUrl?: string;
  /** Where clients refresh a token; absolute, or relative to the server. Default: none. */
  readonly refreshUrl?: string;
  /** Each scope and its description. Default: none. */
  readonly scopes?: Readonly<Record<Scope, string>>;
}

/**
 * Options of the schemes whose flow has a token endpoint only.
 *
 * @publicApi
 */
export interface OAuth2TokenUrlOptions<
  User = string,
  Scope extends string = string,
> extends OAuth2BearerOptions<User, Scope> {
  /** The token endpoint; absolute, or relative to the server. */
  readonly tokenUrl: string;
}

/** The part of a flow that these schemes have in common. */
function flow<Scope extends string>({
  refreshUrl,
  scopes,
}: Pick<OAuth2BearerOptions<unknown, Scope>, 'refreshUrl' | 'scopes'>): OAuthFlow<Scope> {
  return {
    ...(refreshUrl !== undefined && { refreshUrl }),
    scopes: scopes ?? ({} as Record<Scope, string>),
  };
}

/**
 * The base of the OAuth 2.0 schemes of one flow: it reads a token, not a raw header; it is not instantiated itself.
 *
 * @publicApi
 */
export abstract class OAuth2Bearer<User, Scope extends string> extends OAuth2<User, Scope> {
  override extract(request: SecurityRequest): string | undefined {
    return this.extractToken(request);
  }
}

/**
 * A bearer token obtained with a user's name and password; its credentials are the token.
 *
 * It serves no token endpoint: `@TokenEndpoint` does. RFC 9700 discourages the password flow for new
 * systems; it remains the shortest way to a working "Authorize" button.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { type Authentication, OAuth2PasswordBearer } from 'nestjs-security';
 *
 * interface User {
 *   name: string;
 * }
 *
 * @Injectable()
 * export class UserToken extends OAuth2PasswordBearer<User, 'me' | 'items'> {
 *   constructor() {
 *     super({ tokenUrl: 'token', scopes: { me: 'Read your profile.', items: 'Read your items.' } });
 *   }
 *   override async validate(token: string): Promise<Authentication<User> | null> {
 *     return token === 'johndoe-token' ? { user: { name: 'johndoe' }, scopes: ['me'] } : null;
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3
 * @throws ConfigurationError when a URL or a scope is not one.
 * @publicApi
 */
export class OAuth2PasswordBearer<
  User = string,
  Scope extends string = string,
> extends OAuth2Bearer<User, Scope> {
  constructor(options: OAuth2TokenUrlOptions<User, Scope>) {
    const { tokenUrl } = requireOptions(options, new.target);
    super({ ...options, flows: { password: { tokenUrl, ...flow(options) } } });
  }
}

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
    const { authorizationUrl, tokenUrl } = requireOptions(options, new.target);
    super({
      ...options,
      flows: { authorizationCode: { authorizationUrl, tokenUrl, ...flow(options) } },
    });
  }
}

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
    const { tokenUrl } = requireOptions(options, new.target);
    super({ ...options, flows: { clientCredentials: { tokenUrl, ...flow(options) } } });
  }
}

const OF_FLOWS = {
  ...OF_BEARERS,
  oauth2MetadataUrl: true,
  refreshUrl: true,
  scopes: true,
  tokenUrl: true,
  // Not an option of these classes: they make `flows` of their other options.
  flows: true,
} as const;

registerOptions<OAuth2TokenUrlOptions>(OAuth2PasswordBearer, OF_FLOWS);
registerOptions<OAuth2TokenUrlOptions>(OAuth2ClientCredentialsBearer, OF_FLOWS);
registerOptions<OAuth2AuthorizationCodeOptions>(OAuth2AuthorizationCodeBearer, {
  ...OF_FLOWS,
  authorizationUrl: true,
});
