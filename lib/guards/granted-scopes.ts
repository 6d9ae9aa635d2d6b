import { types } from 'node:util';
import type { ScopeMatcher } from '../auth.options.js';
import { type AcceptedCredentials, scopeList } from '../contexts/accepted-credentials.js';
import type { SecurityCall } from '../contexts/security-call.js';
import type { PolicyAlternative, RequiredScope } from '../policies/policy-alternative.js';
import type { Policy } from '../policies/policy.js';
import { isUnsettled } from '../protocol/unsettled.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { Attempts } from './attempts.js';
import { failureOf } from './failure.js';

const { includes } = Array.prototype;

/** Whether what the only scheme of an alternative accepted grants all scopes that it requires. */
export function grantsAlone(
  { scopes }: AcceptedCredentials,
  { required }: PolicyAlternative,
  policy: Policy,
  request: SecurityRequest,
): boolean {
  if (!isPlainList(scopes, policy)) return grantAll(scopes, required, policy, request);
  for (let at = 0; at < required.length; at++) {
    if (!includes.call(scopes, required[at]!.scope)) return false;
  }
  return true;
}

function grantAll(
  scopes: unknown,
  required: readonly RequiredScope[],
  policy: Policy,
  request: SecurityRequest,
): boolean {
  return required.every(({ scope }) => grantsOtherwise(scopes, scope, policy, request));
}

/** Whether each scope that an alternative requires is granted by the schemes that are to grant it. */
export function grantsAll(
  { required }: PolicyAlternative,
  policy: Policy,
  call: SecurityCall,
  attempts: Attempts,
): boolean {
  for (let at = 0; at < required.length; at++) {
    if (!isGranted(required[at]!, policy, call, attempts)) return false;
  }
  return true;
}

function isGranted(
  { scope, granters: { schemes, every } }: RequiredScope,
  policy: Policy,
  call: SecurityCall,
  attempts: Attempts,
): boolean {
  for (let at = 0; at < schemes.length; at++) {
    const { accepted } = attempts.of(schemes[at]!);
    if (grants(accepted!.scopes, scope, policy, call.request) !== every) return !every;
  }
  return every;
}

/**
 * Whether accepted credentials grant a scope. Granted scopes are the application's data: none of their own methods is
 * called.
 */
function grants(
  scopes: unknown,
  required: string,
  policy: Policy,
  request: SecurityRequest,
): boolean {
  return isPlainList(scopes, policy)
    ? includes.call(scopes, required)
    : grantsOtherwise(scopes, required, policy, request);
}

/** Whether scopes are granted by standing in a list, as nearly all are. */
function isPlainList(scopes: unknown, policy: Policy): scopes is readonly unknown[] {
  return policy.scopeMatcher === undefined && Array.isArray(scopes);
}

function grantsOtherwise(
  scopes: unknown,
  required: string,
  { scopeMatcher }: Policy,
  request: SecurityRequest,
): boolean {
  return scopeMatcher === undefined
    ? isInSet(scopes, required)
    : matches(scopes, required, scopeMatcher, request);
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
      if (matched && matched !== true) {
        throw new TypeError(`scopeMatcher must answer true or false, not ${typeof matched}`);
      }
      return matched === true;
    });
  } catch (error) {
    throw failureOf(error, 'AuthModule', sentWith(request));
  }
}
