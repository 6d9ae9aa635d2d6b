import { ConfigurationError } from '../errors/configuration.error.js';
import type { Policies } from './policies.js';
import { demandsSame } from './policy.js';
import type { RouteHandler } from './route-handlers.js';

/**
 * Refuses handlers for the same requests that require different things: Nest calls only one of them, so that what the
 * other requires would never be asked for.
 *
 * @throws ConfigurationError naming both.
 */
export function assertAnsweredAlike(handlers: readonly RouteHandler[], policies: Policies): void {
  const known = new Map<string, RouteHandler>();
  const policyOf = ({ controller, handler }: RouteHandler) => policies.of(controller, handler);
  for (const handler of handlers) {
    const place = `${handler.method} ${handler.path}`;
    const other = known.get(place);
    if (other !== undefined && !demandsSame(policyOf(other), policyOf(handler))) {
      throw new ConfigurationError(
        `${nameOf(other)} and ${nameOf(handler)} both answer ${place}, of which Nest calls one alone, but they require different things: remove one of them, or declare the same on both`,
      );
    }
    known.set(place, handler);
  }
}

function nameOf({ controller, name }: RouteHandler): string {
  return `${controller.name}.${name}`;
}
