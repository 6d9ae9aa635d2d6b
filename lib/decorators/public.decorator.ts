import { anonymous } from '../requirements/algebra.js';
import { securityDecorator } from './security.decorator.js';

/**
 * Opens a controller or a handler to everyone: the same as `@Security(anonymous)`.
 *
 * It also drops scopes and rules that are declared farther out.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { HTTPBearer, Public, Security } from 'nestjs-security';
 *
 * const token = new HTTPBearer({ schemeName: 'Token' });
 *
 * @Controller()
 * export class StatusController {
 *   @Get('status')
 *   @Public()
 *   status() {
 *     return 'ok';
 *   }
 *
 *   @Get('details')
 *   @Security(token)
 *   details() {
 *     return 'for those with a token';
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function Public(): ClassDecorator & MethodDecorator {
  return securityDecorator('Public', { requirement: anonymous, scopes: [] });
}
