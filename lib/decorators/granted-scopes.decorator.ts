import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { grantedScopes } from '../guards/granted-scopes.js';
import { decisionFor } from './accepted-parameter.js';

/**
 * Delivers the scopes that the request's credentials grant, as a `ReadonlySet<string>`.
 *
 * It is empty for anonymous requests and for schemes without `validate`.
 *
 * @publicApi
 */
export const GrantedScopes = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ReadonlySet<string> =>
    grantedScopes(decisionFor('GrantedScopes', context).accepted),
);
