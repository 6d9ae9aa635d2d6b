import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { grantedScopes } from '../guards/granted-scopes.js';
import { decisionFor } from './accepted-parameter.js';

/**
 * Delivers the scopes that the request's credentials grant, as a `ReadonlySet<string>`.
 *
 * It is empty for anonymous requests and for schemes without `validate`.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { GrantedScopes, OAuth2PasswordBearer, Security } from 'nestjs-security';
 *
 * const token = new OAuth2PasswordBearer<string, 'items'>({
 *   schemeName: 'UserToken',
 *   tokenUrl: 'token',
 *   scopes: { items: 'Read your items.' },
 *   validate: (value) => (value === 'from your store' ? { user: 'ada', scopes: ['items'] } : null),
 * });
 *
 * @Controller()
 * export class ScopesController {
 *   @Get('scopes')
 *   @Security(token)
 *   scopes(@GrantedScopes() granted: ReadonlySet<string>) {
 *     return [...granted];
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export const GrantedScopes = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ReadonlySet<string> =>
    grantedScopes(decisionFor('GrantedScopes', context).accepted),
);
