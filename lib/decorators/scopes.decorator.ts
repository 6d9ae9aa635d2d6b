import type { SchemeReference } from '../requirements/requirement.js';
import type { ScopesOf } from '../requirements/requirement-types.js';
import { securityDecorator } from './security.decorator.js';

/**
 * Requires scopes, all of them; they add up from base classes to the controller to the handler.
 *
 * It names no scheme: some requirement must be in effect. Name the scheme as a type argument to have the
 * scopes checked by the compiler; they are always checked at boot.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { OAuth2PasswordBearer, Scopes, Security } from 'nestjs-security';
 *
 * export class UserToken extends OAuth2PasswordBearer<string, 'me'> {
 *   constructor() {
 *     super({ tokenUrl: 'token', scopes: { me: 'Read your profile.' } });
 *   }
 *   override validate(token: string) {
 *     return token === 'johndoe-token' ? { user: 'johndoe', scopes: ['me'] } : null;
 *   }
 * }
 *
 * @Controller('users')
 * @Security(UserToken)
 * export class UsersController {
 *   @Get('me')
 *   @Scopes<UserToken>('me')
 *   me() {
 *     return 'only with the scope me';
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 * @publicApi
 */
export function Scopes<Scheme extends SchemeReference = never>(
  ...scopes: [Scheme] extends [never] ? string[] : ScopesOf<Scheme>[]
): ClassDecorator & MethodDecorator {
  return securityDecorator('Scopes', { scopes });
}
