import { flow, OAuth2Bearer, type OAuth2TokenUrlOptions } from './oauth2-bearer.js';

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
    super({ ...options, flows: { password: { tokenUrl: options.tokenUrl, ...flow(options) } } });
  }
}
