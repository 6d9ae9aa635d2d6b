import type { AuthModuleOptions } from '../auth.options.js';
import { hasHook, meetsClients } from '../policies/connection.js';
import type { Policies } from '../policies/policies.js';
import { isOpen } from '../policies/policy.js';
import { anonymous } from '../requirements/algebra.js';
import { methodDeclarations } from '../requirements/declared-method.js';
import { prototypeOf, type RouteHandler } from '../policies/route-handlers.js';

/** A gateway that requires something, and to which anybody may connect all the same. */
export interface UnprotectedConnection {
  readonly warning: string;
  /** Whether the requirement can only be meant for connections. */
  readonly isMeant: boolean;
}

export function unprotectedConnections(
  policies: Policies,
  options: AuthModuleOptions,
): UnprotectedConnection[] {
  const { connections } = policies;
  const unprotected = connections
    .unprotected()
    .filter((each) => !connections.mayProtect(each) && mayLeak(each, policies));
  return unprotected.flatMap((connection) => {
    const { controller, handler } = connection;
    const policy = policies.of(controller, handler);
    const isDeclared = policy !== null;
    if (isDeclared ? isOpen(policy) : isMeantToBeOpen(connection, policies, options)) return [];
    const { name } = controller;
    const declare = isDeclared ? '' : `put @Security(...) on ${name}, `;
    // `@Public()` does not lift the `always` requirement.
    const orOpen = options.always === undefined ? ', or put @Public() on handleConnection()' : '';
    const warning = `Anybody may connect to ${name}, because Nest runs no guards for connections: ${declare}inject ConnectionGuard of nestjs-security/websockets and call its protect(server, ${name}) in afterInit()${orOpen}`;
    return { warning, isMeant: isDeclared && isMeantForConnections(connection, policies) };
  });
}

/** The unprotected connections to gateways that require something, be it only of messages. */
export function openConnections(policies: Policies): RouteHandler[] {
  return policies.connections.unprotected().filter((connection) => {
    const policy = policies.of(connection.controller, connection.handler);
    return policy === null ? !isMeantToBeOpen(connection, policies, {}) : !isOpen(policy);
  });
}

/** Whether a gateway is seen to do more with a client than to answer its messages. One without messages must do so. */
function mayLeak({ controller, host }: RouteHandler, policies: Policies): boolean {
  return meetsClients(host) || messagesOf(controller, policies).length === 0;
}

function isMeantForConnections(connection: RouteHandler, policies: Policies): boolean {
  const { controller: type, host, name } = connection;
  const onMethod = methodDeclarations({ type, prototype: prototypeOf(host), name });
  // With `always`, even `@Public()` has a requirement: it does not mean that connections should be protected.
  const isOnMethod = onMethod.some(({ requirement }) => requirement !== anonymous);
  return isOnMethod || messagesOf(type, policies).length === 0;
}

/** Whether a gateway that declares nothing for its connections may be open: all its messages are. */
function isMeantToBeOpen(
  { controller, host }: RouteHandler,
  policies: Policies,
  { undeclared }: AuthModuleOptions,
): boolean {
  if (undeclared === 'throw' && hasHook(host, 'handleConnection')) return false;
  return messagesOf(controller, policies).every((message) =>
    isOpen(policies.of(message.controller, message.handler)),
  );
}

function messagesOf(gateway: Function, policies: Policies): RouteHandler[] {
  return policies.handlers().filter(({ controller }) => controller === gateway);
}
