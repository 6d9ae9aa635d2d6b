import { ConfigurationError } from '../errors/configuration.error.js';
import {
  AllOfRules,
  AnyOfRules,
  isRuleExpression,
  type RuleExpression,
} from '../rules/rule-expression.js';
import { notARequirement, notARule } from './copies.js';
import {
  AllOf,
  Anonymous,
  AnyOf,
  isRequirement,
  NOT_SCOPES,
  type Requirement,
  WithScopes,
} from './requirement.js';
import type { ScopesOf } from './requirement-types.js';

/**
 * Any one of the requirements, or of the rules, is enough; they are tried in order.
 *
 * Requirements and rules do not mix. Where a rule throws a refusal, such as a 404, the next one is asked; if none
 * allows, the first refusal that was thrown is sent.
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
 * @throws ConfigurationError when called with nothing, or with requirements and rules.
 * @publicApi
 */
export function anyOf(...rules: [RuleExpression, ...RuleExpression[]]): AnyOfRules;
export function anyOf<const Members extends readonly Requirement[]>(
  ...requirements: Members
): AnyOf<Members>;
export function anyOf(...members: readonly (Requirement | RuleExpression)[]): AnyOf | AnyOfRules {
  return areRules('anyOf', members)
    ? new AnyOfRules(members)
    : new AnyOf(requireMembers('anyOf', members as readonly Requirement[]));
}

/**
 * Every one of the requirements must hold, or every one of the rules must allow.
 *
 * Requirements and rules do not mix. Rules are asked in order, until one refuses.
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
 * @throws ConfigurationError when called with nothing, or with requirements and rules.
 * @publicApi
 */
export function allOf(...rules: [RuleExpression, ...RuleExpression[]]): AllOfRules;
export function allOf<const Members extends readonly Requirement[]>(
  ...requirements: Members
): AllOf<Members>;
export function allOf(...members: readonly (Requirement | RuleExpression)[]): AllOf | AllOfRules {
  return areRules('allOf', members)
    ? new AllOfRules(members)
    : new AllOf(requireMembers('allOf', members as readonly Requirement[]));
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
  return new AnyOf(requireMembers('optional', [requirement, anonymous] as const));
}

/**
 * The requirement, whose own credentials must grant the scopes, all of them.
 *
 * Within `anyOf` the scopes are asked of one alternative alone, within `allOf` of one scheme. What `@Security` and
 * `@Scopes` require of the route still applies to every alternative.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { anyOf, APIKeyHeader, OAuth2PasswordBearer, Security, withScopes } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate: () => ({ user: 'service' }) });
 * const token = new OAuth2PasswordBearer<string, 'read' | 'admin'>({
 *   schemeName: 'UserToken',
 *   tokenUrl: 'token',
 *   scopes: { read: 'Read reports.', admin: 'Everything.' },
 *   validate: (value) => (value === 'from your store' ? { user: 'ada', scopes: ['read'] } : null),
 * });
 *
 * @Controller('reports')
 * export class ReportsController {
 *   @Get()
 *   @Security(anyOf(withScopes(token, ['read']), withScopes(token, ['admin']), key))
 *   list() {
 *     return 'for tokens with read or admin, and for keys';
 *   }
 * }
 * ```
 *
 * @param requirement A scheme, or schemes combined.
 * @param scopes Scopes that every alternative of the requirement can grant.
 * @throws ConfigurationError when the requirement is not one, or the scopes are not a list of text.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 * @publicApi
 */
export function withScopes<const Member extends Requirement>(
  requirement: Member,
  scopes: readonly ScopesOf<Member>[],
): WithScopes<Member> {
  const [member] = requireMembers('withScopes', [requirement]);
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== 'string')) {
    throw new ConfigurationError(`withScopes(): its scopes ${NOT_SCOPES}`);
  }
  return new WithScopes(member!, [...scopes]);
}

/** Whether rules are combined, rather than requirements: the first member decides. */
function areRules(name: string, members: readonly unknown[]): members is readonly RuleExpression[] {
  if (!isRuleExpression(members[0])) return false;
  const wrong = members.findIndex((member) => !isRuleExpression(member));
  if (wrong === -1) return true;
  throw new ConfigurationError(`${name}(): argument ${wrong + 1} ${notARule(members[wrong])}`);
}

function requireMembers<Members extends readonly Requirement[]>(
  name: string,
  requirements: Members,
): Members {
  if (requirements.length === 0) throw new ConfigurationError(`${name}() needs a requirement`);
  requirements.forEach((requirement, index) => {
    if (!isRequirement(requirement)) {
      throw new ConfigurationError(
        `${name}(): argument ${index + 1} ${notARequirement(requirement)}`,
      );
    }
  });
  return requirements;
}
