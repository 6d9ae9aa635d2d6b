import { ConfigurationError } from '../../errors/configuration.error.js';
import { isOpen } from '../../policies/policy.js';
import { driverOf } from '../graphql-modules.js';
import type { ContextApplication } from '../security-call.js';
import type { GraphQLModuleOptions } from './module-options.js';
import type { ModuleSchema } from './module-schema.js';

const OLD_PROTOCOL = 'subscriptions-transport-ws';

/**
 * Refuses a guarded subscription where its `GraphQLModule` speaks the old protocol alone, which says nothing of the
 * request that opened a socket: every subscription to it would be refused.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertSubscribable(
  { options, handlers, policies }: ModuleSchema,
  application: ContextApplication,
): void {
  if (!speaksOldProtocolAlone(options, application)) return;
  const guarded = handlers.find(
    ({ method, controller, handler }) =>
      method === 'SUBSCRIPTION' && !isOpen(policies.of(controller, handler)),
  );
  if (guarded === undefined) return;
  const instead = options.subscriptions ? '' : ' in place of installSubscriptionHandlers';
  throw new ConfigurationError(
    `${guarded.controller.name}.${guarded.name} requires something of its callers, but over subscriptions-transport-ws nobody can tell who calls: set subscriptions: { 'graphql-ws': true } in GraphQLModule.forRoot()${instead}`,
  );
}

function speaksOldProtocolAlone(
  options: GraphQLModuleOptions,
  application: ContextApplication,
): boolean {
  const { subscriptions, installSubscriptionHandlers } = options;
  // Nest looks for the names alone, whatever they are set to.
  if (typeof subscriptions === 'object' && subscriptions !== null) {
    return OLD_PROTOCOL in subscriptions && !('graphql-ws' in subscriptions);
  }
  return Boolean(installSubscriptionHandlers) && isOldByDefault(driverOf(options, application));
}

/** Whether a driver speaks the old protocol where no protocol is named: Apollo's of Nest 11 do, and name it. */
function isOldByDefault(driver: Function | undefined): boolean {
  for (let type = driver?.prototype as object | null; type; type = Object.getPrototypeOf(type)) {
    const start = Object.getOwnPropertyDescriptor(type, 'start')?.value as unknown;
    if (typeof start === 'function' && String(start).includes(OLD_PROTOCOL)) return true;
  }
  return false;
}
