import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { SecurityScopes } from '../schemes/authentication.js';
import { decisionFor } from './accepted-parameter.js';

/**
 * Delivers the scopes that the route requires, as `SecurityScopes`.
 *
 * They are what is asked for, not what was granted: see `@GrantedScopes()`.
 *
 * @publicApi
 */
export const RequiredScopes = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SecurityScopes => {
    const { scopes, scopeStr } = decisionFor('RequiredScopes', context).policy;
    return { scopes, scopeStr };
  },
);
