import { SecurityScheme } from '../schemes/security-scheme.js';
import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * A scheme as requirements name it: the provider's class, or a ready instance.
 *
 * @publicApi
 */
export type SchemeReference<Scheme extends SecurityScheme = SecurityScheme> =
  (abstract new (...args: never[]) => Scheme) | Scheme;

/** Alternatives: any one of them is enough. */
export class AnyOf<out Members extends readonly Requirement[] = readonly Requirement[]> {
  readonly type = 'anyOf';
  constructor(readonly requirements: Members) {}
}

/** Conditions: every one of them must hold. */
export class AllOf<out Members extends readonly Requirement[] = readonly Requirement[]> {
  readonly type = 'allOf';
  constructor(readonly requirements: Members) {}
}

/** No credentials at all: OpenAPI's `{}`. */
export class Anonymous {
  readonly type = 'anonymous';
}

/**
 * What a request must present: a scheme, or schemes combined.
 *
 * @publicApi
 */
export type Requirement = SchemeReference | AnyOf | AllOf | Anonymous;

/**
 * Any one of the requirements is enough; they are tried in order.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { APIKeyHeader, anyOf, HTTPBearer, Security } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });
 * const token = new HTTPBearer({ schemeName: 'Token' });
 *
 * @Controller('reports')
 * @Security(anyOf(token, key))
 * export class ReportsController {
 *   @Get()
 *   list() {
 *     return [];
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when called with nothing.
 * @publicApi
 */
export function anyOf<const Members extends readonly Requirement[]>(
  ...requirements: Members
): AnyOf<Members> {
  return new AnyOf(requireMembers('anyOf', requirements));
}

/**
 * Every one of the requirements must hold.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { allOf, APIKeyHeader, CurrentUser, HTTPBearer, Security } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });
 * const token = new HTTPBearer({ schemeName: 'Token' });
 *
 * @Controller()
 * export class TransfersController {
 *   @Get('transfers')
 *   @Security(allOf(key, token))
 *   list(@CurrentUser(key) service: string) {
 *     return { service };
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when called with nothing.
 * @publicApi
 */
export function allOf<const Members extends readonly Requirement[]>(
  ...requirements: Members
): AllOf<Members> {
  return new AllOf(requireMembers('allOf', requirements));
}

/**
 * No credentials are needed: on its own a public route, beside others an optional login.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { anonymous, anyOf, HTTPBearer, Security } from 'nestjs-security';
 *
 * const token = new HTTPBearer({ schemeName: 'Token' });
 *
 * @Controller()
 * export class NewsController {
 *   @Get('news')
 *   @Security(anyOf(token, anonymous))
 *   list() {
 *     return [];
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export const anonymous = new Anonymous();

/**
 * The requirement, or no credentials at all; credentials that are sent but wrong are still refused.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CurrentUser, HTTPBearer, optional, Security } from 'nestjs-security';
 *
 * const token = new HTTPBearer({ schemeName: 'Token' });
 *
 * @Controller()
 * export class GreetingController {
 *   @Get('greeting')
 *   @Security(optional(token))
 *   greet(@CurrentUser() user: object | null) {
 *     return user === null ? 'Hello, stranger' : 'Welcome back';
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function optional<const Member extends Requirement>(
  requirement: Member,
): AnyOf<readonly [Member, Anonymous]> {
  return anyOf(requirement, anonymous);
}

function requireMembers<Members extends readonly Requirement[]>(
  name: string,
  requirements: Members,
): Members {
  if (requirements.length === 0) throw new ConfigurationError(`${name}() needs a requirement`);
  requirements.forEach((requirement, index) => {
    if (!isRequirement(requirement)) {
      throw new ConfigurationError(`${name}(): argument ${index + 1} ${NOT_A_REQUIREMENT}`);
    }
  });
  return requirements;
}

/** What is wrong with a value that is no requirement, to follow its name. */
export const NOT_A_REQUIREMENT =
  'is not a security scheme or a combination of schemes. If it is undefined, two files import each other: move the scheme into a file of its own';

/** Whether a value, whatever its type says, can be required. */
export function isRequirement(value: unknown): value is Requirement {
  return (
    value instanceof AnyOf ||
    value instanceof AllOf ||
    value instanceof Anonymous ||
    isSchemeReference(value)
  );
}

/** Whether a value names a scheme. */
export function isSchemeReference(value: unknown): value is SchemeReference {
  return (
    value instanceof SecurityScheme ||
    (typeof value === 'function' && value.prototype instanceof SecurityScheme)
  );
}
