import type { Policy } from '../policies/policy.js';
import type { RouteAccess } from './audited-route.js';

/** Who a policy lets in. */
export function accessOf(policy: Policy | null): RouteAccess {
  if (policy === null) return 'undeclared';
  if (!policy.anonymous) return 'protected';
  return policy.schemes.length === 0 ? 'public' : 'optional';
}

/** A policy's alternatives, such as `UserToken and ServiceKey, or anonymous`. */
export function requirementInWords(policy: Policy | null): string {
  if (policy === null) return 'none';
  if (policy.alternatives.length === 0) return 'nobody';
  return policy.alternatives
    .map((alternative) =>
      alternative.length === 0
        ? 'anonymous'
        : alternative.map(({ scheme }) => scheme.schemeName).join(' and '),
    )
    .join(', or ');
}
