import type { Policies } from '../policies/policies.js';
import { isOpen } from '../policies/policy.js';

/** A line for each gateway that requires something, and to which anybody may connect all the same. */
export function unprotectedConnections(policies: Policies): string[] {
  return policies.connections
    .unprotected()
    .filter(({ controller, handler }) => !isOpen(policies.of(controller, handler)))
    .map(({ controller: { name } }) => {
      const protect = `protect(server, ${name})`;
      return `Anybody may connect to ${name}, because Nest runs no guards for connections: inject ConnectionGuard of nestjs-security/websockets and call its ${protect} in afterInit(), or put @Public() on handleConnection()`;
    });
}
