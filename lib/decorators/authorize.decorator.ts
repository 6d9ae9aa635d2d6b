import { ConfigurationError } from '../errors/configuration.error.js';
import { notARule } from '../requirements/copies.js';
import { isRuleExpression, type RuleExpression } from '../rules/rule-expression.js';
import { securityDecorator } from './security.decorator.js';

/**
 * Asks rules of every call to a controller or a handler, once its credentials and scopes are good: all must allow.
 *
 * Rules add up from base classes to the controller to the handler, as scopes do, and are asked in that order, anew for
 * each run of a handler. It authenticates nobody: a requirement that lets in no anonymous request must be in effect.
 *
 * @example
 * ```ts
 * import { Controller, Delete, Get } from '@nestjs/common';
 * import { anyOf, Authorize, HTTPBasic, rule, Security } from 'nestjs-security';
 *
 * interface User {
 *   roles: string[];
 *   accounts: string[];
 * }
 * const login = new HTTPBasic<User>({
 *   schemeName: 'Login',
 *   validate: () => ({ user: { roles: [], accounts: ['1'] } }),
 * });
 * const admin = rule<User>('Administrators only.', ({ user }) => user.roles.includes('admin'));
 * const holder = rule<User>('The account is yours.', ({ user, params }) => user.accounts.includes(params.id!));
 *
 * @Controller('accounts/:id')
 * @Security(login)
 * @Authorize(anyOf(admin, holder))
 * export class AccountController {
 *   @Get()
 *   read() {
 *     return 'for administrators and holders';
 *   }
 *
 *   @Delete()
 *   @Authorize(admin)
 *   close() {
 *     return 'for administrators';
 *   }
 * }
 * ```
 *
 * @param rules Rules, classes of rules that are provided, or either combined with `anyOf` and `allOf`.
 * @throws ConfigurationError when no rule is given, or an argument is not a rule.
 * @publicApi
 */
export function Authorize(
  ...rules: [RuleExpression, ...RuleExpression[]]
): ClassDecorator & MethodDecorator {
  if (rules.length === 0) throw new ConfigurationError('@Authorize() needs a rule');
  rules.forEach((rule, index) => {
    if (isRuleExpression(rule)) return;
    throw new ConfigurationError(`@Authorize(): argument ${index + 1} ${notARule(rule)}`);
  });
  return securityDecorator('Authorize', { scopes: [], rules });
}
