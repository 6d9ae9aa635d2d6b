import type { PipeTransform, Type } from '@nestjs/common';
import type { SchemeReference } from '../requirements/requirement.js';
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
 * @param schemeAndPipes The scheme whose credentials are wanted, by default the first that took part; then pipes
 *   that it goes through.
 * @throws ConfigurationError when an argument is undefined, as where two files import each other.
 * @publicApi
 */
export function Credentials(
  ...schemeAndPipes: [
    scheme?: SchemeReference | Type<PipeTransform> | PipeTransform,
    ...pipes: (Type<PipeTransform> | PipeTransform)[],
  ]
): ParameterDecorator {
  return parameter(...schemeAndPipes);
}

const parameter = acceptedParameter('Credentials', ({ credentials }) => credentials);
