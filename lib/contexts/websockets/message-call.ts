import type { ExecutionContext } from '@nestjs/common';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { SecurityCall } from '../security-call.js';
import type { ValidationPeriod } from '../validation-period.js';

/** The state of a client's connection. */
export interface Connection {
  readonly request: SecurityRequest;
  /** In which its messages share validations, for as long as `maxAge` says; `undefined` until one was accepted. */
  period: ValidationPeriod | undefined;
}

/** One message of a client. */
export class MessageCall implements SecurityCall {
  readonly key = this;
  readonly shared: object;

  constructor(
    readonly connection: Connection,
    /** A copy for this message, as request-scoped providers are kept with the request. */
    readonly request: SecurityRequest,
    /** The client: Nest injects it as `REQUEST`. */
    readonly injected: object,
    readonly period: ValidationPeriod | undefined,
  ) {
    this.shared = period ?? this;
  }
}

/** The call of a message that was read before. */
export function callIn(context: ExecutionContext): MessageCall | undefined {
  return context.getArgs<unknown[]>().find((arg) => arg instanceof MessageCall);
}

/**
 * Stores a message's call among the arguments of its handler.
 *
 * Nothing else belongs to one message alone: Nest copies the list of arguments to create parameters, and data may be a
 * primitive. The pattern stays last, where Nest looks for it.
 */
export function putIn(context: ExecutionContext, call: MessageCall): void {
  const args = context.getArgs<unknown[]>();
  args.splice(Math.max(args.length - 1, 1), 0, call);
}
