import { scopesGrantedBy } from '../contexts/accepted-credentials.js';
import { authenticationParameter } from './accepted-parameter.js';

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
export function GrantedScopes(): ParameterDecorator {
  return parameter();
}

const parameter = authenticationParameter('GrantedScopes', ({ own }): ReadonlySet<string> =>
  scopesGrantedBy(own),
);
