import type { SecurityScopes } from '../schemes/authentication.js';
import { authenticationParameter } from './accepted-parameter.js';

/**
 * Delivers the scopes that the route requires, as `SecurityScopes`.
 *
 * They are what is asked for, not what was granted: see `@GrantedScopes()`.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { OAuth2PasswordBearer, RequiredScopes, Security, type SecurityScopes } from 'nestjs-security';
 *
 * const token = new OAuth2PasswordBearer<string, 'items'>({
 *   schemeName: 'UserToken',
 *   tokenUrl: 'token',
 *   scopes: { items: 'Read your items.' },
 *   validate: (value) => (value === 'from your store' ? { user: 'ada', scopes: ['items'] } : null),
 * });
 *
 * @Controller()
 * export class ItemsController {
 *   @Get('items')
 *   @Security(token, ['items'])
 *   items(@RequiredScopes() { scopeStr }: SecurityScopes) {
 *     return { required: scopeStr };
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function RequiredScopes(): ParameterDecorator {
  return parameter();
}

const parameter = authenticationParameter(
  'RequiredScopes',
  ({ policy: { scopes, scopeStr } }): SecurityScopes => ({ scopes, scopeStr }),
);
