import type { Policy } from '../policies/policy.js';
import type { ValidationContext } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/** What `validate` is told. */
export function contextOf(policy: Policy, request: SecurityRequest): ValidationContext {
  return { scopes: policy.scopes, scopeStr: policy.scopeStr, request };
}
