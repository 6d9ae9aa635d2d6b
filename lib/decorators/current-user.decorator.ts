import { acceptedParameter } from './accepted-parameter.js';

/**
 * Delivers the user that `validate` returned, or `null` when the request is anonymous.
 *
 * Of several schemes it delivers the first one's user; name a scheme for another's, which is `null` when
 * that scheme took no part. It authenticates nothing: a route without any requirement answers 500.
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
 * @param scheme The scheme whose user is wanted. Default: the first that took part.
 * @param pipes Pipes the user goes through.
 * @publicApi
 */
export const CurrentUser = acceptedParameter('CurrentUser', ({ user }) => user);
