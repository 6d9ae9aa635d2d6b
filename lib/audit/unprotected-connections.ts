import type { AuthModuleOptions } from '../auth.options.js';
import { hasHook } from '../policies/connection.js';
import type { Policies } from '../policies/policies.js';
import { isOpen } from '../policies/policy.js';
import type { RouteHandler } from '../policies/route-handlers.js';

/** A line for each gateway that requires something, and to which anybody may connect all the same. */
export function unprotectedConnections(policies: Policies, options: AuthModuleOptions): string[] {
  return policies.connections.unprotected().flatMap((connection) => {
    const { controller, handler } = connection;
    const policy = policies.of(controller, handler);
    const isDeclared = policy !== null;
    if (isDeclared ? isOpen(policy) : isMeantToBeOpen(connection, policies, options)) return [];
    const { name } = controller;
    const declare = isDeclared ? '' : `put @Security(...) on ${name}, `;
    // What is required of everybody, @Public() takes from nobody.
    const orOpen = options.always === undefined ? ', or put @Public() on handleConnection()' : '';
    return `Anybody may connect to ${name}, because Nest runs no guards for connections: ${declare}inject ConnectionGuard of nestjs-security/websockets and call its protect(server, ${name}) in afterInit()${orOpen}`;
  });
}

/** Of a gateway that declares nothing of its connections: nothing that it does is closed. */
function isMeantToBeOpen(
  { controller, host }: RouteHandler,
  policies: Policies,
  { undeclared }: AuthModuleOptions,
): boolean {
  if (undeclared === 'throw' && hasHook(host, 'handleConnection')) return false;
  return policies
    .handlers()
    .filter((message) => message.controller === controller)
    .every((message) => isOpen(policies.of(message.controller, message.handler)));
}
