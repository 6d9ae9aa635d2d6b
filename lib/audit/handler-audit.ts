import { ALWAYS_OPTION } from '../policies/always.js';
import { isField } from '../policies/handler-kinds.js';
import type { Policies } from '../policies/policies.js';
import type { Policy } from '../policies/policy.js';
import type { RouteHandler } from '../policies/route-handlers.js';
import type { AuditedRoute, RouteAccess } from './audited-route.js';
import { openConnections } from './unprotected-connections.js';
import { contradictionOf, DocumentedSecurity } from './documented-security.js';

/** A handler, whatever its paths are, and the policy it is under. */
export interface AuditedHandler {
  readonly route: RouteHandler;
  readonly policy: Policy | null;
  readonly access: RouteAccess;
  /** A `security` that it documents itself and that its policy contradicts. */
  readonly contradiction: string | undefined;
}

/** Every handler of the application, and the connections that are protected or should be. */
export function auditHandlers(policies: Policies): AuditedHandler[] {
  const documented = new DocumentedSecurity();
  const audited = [...policies.handlers(), ...policies.connections.protected()].map((route) => {
    const policy = policies.of(route.controller, route.handler);
    const contradiction =
      route.kind === 'http' ? contradictionOf(documented.of(route), policy) : undefined;
    const isInherited = policy === null && isField(route);
    const access = isInherited ? 'inherited' : accessOf(policy);
    return { route, policy, access, contradiction };
  });
  // Whatever they declare, nothing enforces it.
  const open = openConnections(policies).map((route) => {
    const access: RouteAccess = 'undeclared';
    return { route, policy: null, access, contradiction: undefined };
  });
  return [...audited, ...open];
}

/** Who a policy lets in. */
function accessOf(policy: Policy | null): RouteAccess {
  if (policy === null) return 'undeclared';
  if (!policy.anonymous) return 'protected';
  return policy.schemes.length === 0 ? 'public' : 'optional';
}

/** How open a handler would be without the `always` option; `undefined` where it always asks for something itself. */
export function openButForAlways(policy: Policy | null): AuditedRoute['declared'] {
  const asking = policy?.alternatives.filter(({ own }) => own > 0) ?? [];
  if (!policy?.always || asking.length === policy.alternatives.length) return undefined;
  if (policy.source === ALWAYS_OPTION) return 'undeclared';
  return asking.length > 0 ? 'optional' : 'public';
}

/** The name of a handler in warnings. */
export function handlerName({ route: { controller, name } }: AuditedHandler): string {
  return `${controller.name}.${name}`;
}
