import type { Policy } from '../policies/policy.js';
import type { RouteAccess } from './audited-route.js';

/** Who a policy lets in. */
export function accessOf(policy: Policy | null): RouteAccess {
  if (policy === null) return 'undeclared';
  if (!policy.anonymous) return 'protected';
  return policy.schemes.length === 0 ? 'public' : 'optional';
}
