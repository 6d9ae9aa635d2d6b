import type { ExecutionContext } from '@nestjs/common';
import type { Policy } from '../policies/policy.js';
import type { ContextReader, SecurityCall } from './security-call.js';

/** A call of a handler that is under a policy, and the reader that read it. */
export interface GuardedCall {
  readonly policy: Policy;
  readonly call: SecurityCall;
  readonly reader: ContextReader;
  readonly context: ExecutionContext;
}
