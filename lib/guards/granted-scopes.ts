import { types } from 'node:util';
import type { ScopeMatcher } from '../auth.options.js';
import { type AcceptedCredentials, scopeList } from '../contexts/call-authentication.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { Policy } from '../policies/policy.js';
import { isUnsettled } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { failureOf } from './failure.js';

const { includes } = Array.prototype;

/** Whether what one scheme accepted grants all that a policy of no other scheme requires. */
export function grantsAll(
  accepted: AcceptedCredentials,
  policy: Policy,
  call: SecurityCall,
): boolean {
  // Taken apart, the list would be iterated.
  const scopes = policy.required[0]!;
  for (let at = 0; at < scopes.length; at++) {
    if (!grants(accepted, scopes[at]!, policy, call)) return false;
  }
  return true;
}

/** Whether what a scheme accepted grants a scope. Granted scopes are data: no method of theirs is asked. */
export function grants(
  { scopes }: AcceptedCredentials,
  required: string,
  { scopeMatcher }: Policy,
  { request }: SecurityCall,
): boolean {
  if (scopeMatcher !== undefined) return matches(scopes, required, scopeMatcher, request);
  return Array.isArray(scopes) ? includes.call(scopes, required) : isInSet(scopes, required);
}

function isInSet(scopes: unknown, required: string): boolean {
  return types.isSet(scopes) && Set.prototype.has.call(scopes, required);
}

function matches(
  scopes: unknown,
  required: string,
  scopeMatcher: ScopeMatcher,
  request: SecurityRequest,
): boolean {
  try {
    return scopeList(scopes).some((granted) => {
      const matched: unknown = scopeMatcher(granted, required);
      if (isUnsettled(matched)) throw new TypeError('scopeMatcher must not be asynchronous');
      return matched === true;
    });
  } catch (error) {
    throw failureOf(error, 'AuthModule', sentWith(request));
  }
}
