import type { ExecutionContext } from '@nestjs/common';
import { type CallAuthentication, scopeList } from '../contexts/call-authentication.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import type { RuleCall } from '../rules/rule-call.js';

/** What rules decide by. Those of one call are asked about the same object. */
export function ruleCallOf(
  { own }: CallAuthentication,
  { request }: SecurityCall,
  reader: ContextReader,
  context: ExecutionContext,
): RuleCall {
  return Object.freeze({
    user: own[0]!.user,
    scopes: new Set(own.flatMap(({ scopes }) => scopeList(scopes))),
    request,
    params: (reader.params?.(context) ?? {}) as RuleCall['params'],
    context,
  });
}
