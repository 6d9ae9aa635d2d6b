import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';

/** One call of a handler, as the guard sees it whatever the transport. */
export interface SecurityCall {
  /** What schemes read. */
  readonly request: SecurityRequest;
  /** The object of this call that the guard's decision is kept with. */
  readonly key: object;
  /** The object that the calls have in common which share validations. */
  readonly shared: object;
}

/** What teaches the guard a kind of call: where its credentials are, and how a refusal is sent. */
export interface ContextReader {
  /** As `ExecutionContext.getType()` names it. */
  readonly type: string;
  /** The call, or `undefined` where it is not of this reader's kind. */
  read(context: ExecutionContext): SecurityCall | undefined;
  /** What the call is about, for rules to decide by: route parameters, arguments, the message. Default: nothing. */
  params?(context: ExecutionContext): unknown;
  /** Sends the challenges and whatever goes beside them, and answers what to throw. */
  refuse(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): unknown;
}
