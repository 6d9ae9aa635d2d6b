import { ConfigurationError } from '../errors/configuration.error.js';
import type { Policies } from './policies.js';
import { demandsSame } from './policy.js';
import type { RouteHandler } from './route-handlers.js';

/**
 * Refuses handlers that answer the same, of which Nest calls one alone, if they require different things: what the
 * other requires would be asked of nobody.
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
