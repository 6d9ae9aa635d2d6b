import type { ExecutionContext } from '@nestjs/common';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { KeptValidations } from '../kept-validations.js';
import type { SecurityCall } from '../security-call.js';

/** What is known of a client's connection. */
export interface Connection {
  readonly request: SecurityRequest;
  /** Whom its messages were accepted from, for as long as that may be kept. */
  kept: KeptValidations | undefined;
}

/** One message of a client. */
export class MessageCall implements SecurityCall {
  readonly key = this;
  readonly shared: object;

  constructor(
    readonly connection: Connection,
    /** A request of its own, as what is made for a request is kept with it. */
    readonly request: SecurityRequest,
    /** Nest injects the client into gateways that are made for a connection. */
    readonly injected: object,
    readonly kept: KeptValidations | undefined,
  ) {
    this.shared = kept ?? this;
  }
}

/** The message that a handler is called for, if it was read before. */
export function callIn(context: ExecutionContext): MessageCall | undefined {
  return context.getArgs<unknown[]>().find((arg) => arg instanceof MessageCall);
}

/**
 * Puts a message's call among what its handler is called with.
 *
 * Nest makes parameters from a copy of that list, and text has no identity of its own: there is nothing else that
 * belongs to one message and is found again. The pattern stays the last of it, where Nest looks for it.
 */
export function putIn(context: ExecutionContext, call: MessageCall): void {
  const args = context.getArgs<unknown[]>();
  args.splice(Math.max(args.length - 1, 1), 0, call);
}
