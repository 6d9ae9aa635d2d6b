import { acceptedParameter } from './accepted-parameter.js';

/**
 * Delivers the credentials as the scheme parsed them, or `null` when the request is anonymous.
 *
 * They are secrets: do not log or return them.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { Credentials, HTTPBasic, type HTTPBasicCredentials, Security } from 'nestjs-security';
 *
 * const basic = new HTTPBasic({ schemeName: 'Basic' });
 *
 * @Controller()
 * export class NameController {
 *   @Get('name')
 *   @Security(basic)
 *   name(@Credentials() { username }: HTTPBasicCredentials) {
 *     return { username };
 *   }
 * }
 * ```
 *
 * @param scheme The scheme whose credentials are wanted. Default: the first that took part.
 * @param pipes Pipes the credentials go through.
 * @publicApi
 */
export const Credentials = acceptedParameter('Credentials', ({ credentials }) => credentials);
