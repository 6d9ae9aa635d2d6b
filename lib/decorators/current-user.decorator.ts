import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import type { SchemeReference } from '../requirements/requirement.js';
import { acceptedParameter } from './accepted-parameter.js';

/**
 * Delivers the user that `validate` returned, or `null` when the request is anonymous.
 *
 * Of several schemes it delivers the first one's user; name a scheme for another's, which is `null` when
 * that scheme took no part. It authenticates nothing: with it on a route without any requirement, the application does
 * not boot. Where a test replaced `SecurityGuard`, it delivers the `request.user` that the replacement set.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CurrentUser, HTTPBasic, type HTTPBasicCredentials, Security } from 'nestjs-security';
 *
 * const basic = new HTTPBasic({ schemeName: 'Login' });
 *
 * @Controller()
 * export class ProfileController {
 *   @Get('profile')
 *   @Security(basic)
 *   profile(@CurrentUser() user: HTTPBasicCredentials) {
 *     return { name: user.username };
 *   }
 * }
 * ```
 *
 * @param schemeAndPipes The scheme whose user is wanted, by default the first that took part; then pipes
 *   that it goes through.
 * @throws ConfigurationError when an argument is undefined, as where two files import each other.
 * @publicApi
 */
export function CurrentUser(
  ...schemeAndPipes: [
    scheme?: SchemeReference | Type<PipeTransform> | PipeTransform,
    ...pipes: (Type<PipeTransform> | PipeTransform)[],
  ]
): ParameterDecorator {
  return parameter(...schemeAndPipes);
}

const parameter = acceptedParameter('CurrentUser', ({ user }) => user, userOfRequest);

/** The user where a test replaced the guard: guards of Nest set `request.user`. */
function userOfRequest(context: ExecutionContext): unknown {
  if (context.getType() !== 'http') return undefined;
  return context.getArgByIndex<{ user?: unknown }>(0).user;
}
