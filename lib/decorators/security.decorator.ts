import { UseGuards } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SecurityGuard } from '../guards/security.guard.js';
import { notARequirement } from '../requirements/copies.js';
import { type Declaration, declare, placeOf } from '../requirements/declaration.js';
import { isRequirement, NOT_SCOPES, type Requirement } from '../requirements/requirement.js';
import type { ScopesOf } from '../requirements/requirement-types.js';

/**
 * Requires credentials of every request to a controller or a handler; the nearest declaration wins.
 *
 * It checks nothing itself: `SecurityGuard` does, and `AuthModule` must be imported. It replaces what is
 * declared farther out, and adds its scopes to the scopes declared there.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CurrentUser, OAuth2PasswordBearer, Security } from 'nestjs-security';
 *
 * const userToken = new OAuth2PasswordBearer<string, 'items'>({
 *   schemeName: 'UserToken',
 *   tokenUrl: 'token',
 *   scopes: { items: 'Read your items.' },
 *   validate: (token) => (token === 'johndoe-token' ? { user: 'johndoe', scopes: ['items'] } : null),
 * });
 *
 * @Controller('items')
 * export class ItemsController {
 *   @Get()
 *   @Security(userToken, ['items'])
 *   list(@CurrentUser() user: string) {
 *     return [{ owner: user }];
 *   }
 * }
 * ```
 *
 * @param requirement A scheme, or schemes combined with `anyOf`, `allOf` and `optional`.
 * @param scopes Scopes that must be granted, all of them. Default: none.
 * @throws ConfigurationError when the requirement is not one, the scopes are not a list, or the target already has
 * another requirement.
 * @publicApi
 */
export function Security<const R extends Requirement>(
  requirement: R,
  scopes?: readonly ScopesOf<R>[],
): ClassDecorator & MethodDecorator;
export function Security(
  requirement: Requirement,
  ...given: [scopes?: readonly string[]]
): ClassDecorator & MethodDecorator {
  // Scopes given as `undefined`, as where two files import each other, were not left out: they are an error.
  const [scopes] = given.length === 0 ? [[]] : given;
  return securityDecorator('Security', { requirement, scopes: scopes! });
}

/**
 * Makes a decorator of classes and methods that records a declaration and applies the guard.
 *
 * @param name Of the decorator, for errors.
 */
export function securityDecorator(
  name: string,
  declaration: Declaration,
): ClassDecorator & MethodDecorator {
  return (target: object, property?: string | symbol, descriptor?: PropertyDescriptor) => {
    const place = property === undefined ? ([target] as const) : ([target, property] as const);
    assertDeclared(declaration, placeOf(place));
    const method: unknown = descriptor?.value;
    if (property !== undefined && typeof method !== 'function') {
      throw new ConfigurationError(
        `@${name}() on ${placeOf(place)}: it is no method, and Nest runs guards for nothing else. A field of GraphQL is protected by a method with @ResolveField()`,
      );
    }
    declare(place, declaration, method);
    const guarded = (method as object | undefined) ?? target;
    const guards: unknown[] = Reflect.getOwnMetadata(GUARDS_METADATA, guarded) ?? [];
    if (guards.includes(SecurityGuard)) return;
    if (descriptor === undefined) UseGuards(SecurityGuard)(target as Function);
    else UseGuards(SecurityGuard)(target, property!, descriptor);
  };
}

function assertDeclared(declaration: Declaration, place: string): void {
  if ('requirement' in declaration && !isRequirement(declaration.requirement)) {
    throw new ConfigurationError(
      `@Security() on ${place}: its argument ${notARequirement(declaration.requirement)}`,
    );
  }
  if (Array.isArray(declaration.scopes)) return;
  const wrong = isRequirement(declaration.scopes)
    ? 'are a scheme: combine several schemes with anyOf() or allOf()'
    : NOT_SCOPES;
  throw new ConfigurationError(`@Security() on ${place}: its scopes ${wrong}`);
}
