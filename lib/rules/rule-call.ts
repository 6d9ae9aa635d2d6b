import type { ExecutionContext } from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';

/**
 * What a rule decides by: who calls, and what for.
 *
 * @publicApi
 */
export interface RuleCall<User = unknown, Params = Readonly<Record<string, string>>> {
  /** What `validate` returned as `user`: of several schemes that took part, the first one's. */
  readonly user: User;
  /** The scopes that the credentials grant. */
  readonly scopes: ReadonlySet<string>;
  /** The framework's own request; its body is as it was sent, as pipes run later. */
  readonly request: SecurityRequest;
  /** The parameters of the route as they were sent, GraphQL arguments, or the message. */
  readonly params: Params;
  /** Nest's own, which knows the controller and the handler. */
  readonly context: ExecutionContext;
}
