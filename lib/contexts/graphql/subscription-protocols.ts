import { ConfigurationError } from '../../errors/configuration.error.js';
import { isOpen } from '../../policies/policy.js';
import type { ModuleSchema } from './module-schema.js';

/**
 * Refuses a guarded subscription where its `GraphQLModule` speaks the old protocol alone, which says nothing of the
 * request that opened a socket: every subscription to it would be refused.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertSubscribable({ options, handlers, policies }: ModuleSchema): void {
  const { subscriptions } = options;
  if (typeof subscriptions !== 'object' || subscriptions === null) return;
  // Nest looks for the names alone, whatever they are set to.
  if (!('subscriptions-transport-ws' in subscriptions) || 'graphql-ws' in subscriptions) return;
  const guarded = handlers.find(
    ({ method, controller, handler }) =>
      method === 'SUBSCRIPTION' && !isOpen(policies.of(controller, handler)),
  );
  if (guarded === undefined) return;
  throw new ConfigurationError(
    `${guarded.controller.name}.${guarded.name} requires something of its callers, but over subscriptions-transport-ws nobody can tell who calls: set subscriptions: { 'graphql-ws': true } in GraphQLModule.forRoot()`,
  );
}
