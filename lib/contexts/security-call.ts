import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { ContextHandler } from '../policies/handler-kinds.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/**
 * One call of a handler, as the guard sees it whatever the transport.
 *
 * @publicApi
 */
export interface SecurityCall {
  /** What schemes read. */
  readonly request: SecurityRequest;
  /**
   * The object of this very call that the guard's decision is kept with. Reading the call again, from what the
   * handler's parameters are made of, must find the same one.
   */
  readonly key: object;
  /** What the calls have in common that share validations: one object for all of them; `key` where none do. */
  readonly shared: object;
  /** What Nest injects as `REQUEST` into providers that are made for this call. Default: `key`. */
  readonly injected?: object | undefined;
}

/** Where an application's boot can be looked at. */
export interface ContextApplication {
  /** A provider of any module, or `undefined` where there is none. */
  get(token: unknown): unknown;
}

/**
 * What teaches the guard a kind of call: where its credentials are, and how a refusal is sent.
 *
 * It decides nothing. A call that no reader of its type recognises is refused.
 *
 * @publicApi
 */
export interface ContextReader {
  /** As `ExecutionContext.getType()` names it. */
  readonly type: string;
  /** What audits and events call what it reads, where others are of the same type. Default: `type`. */
  readonly kind?: string;
  /** Is told of the classes of all controllers and other providers before Nest looks for their handlers. */
  beforeRegistration?(controllers: readonly Function[], providers: readonly Function[]): void;
  /** The call, or `undefined` where it is not of this reader's kind. */
  read(context: ExecutionContext): SecurityCall | undefined;
  /** What the call is about, for rules to decide by: route parameters, arguments, the message. Default: nothing. */
  params?(context: ExecutionContext): unknown;
  /** Sends the challenges and whatever goes beside them, and answers what to throw. Default: the exception. */
  refuse?(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): unknown;
  /** Is told of each call that was let in, and until when, in seconds since the epoch, if that is known. */
  accepted?(call: SecurityCall, expiresAt: number | undefined, context: ExecutionContext): void;
  /** Whether it ends a stream of answers itself when the credentials of its call expire. Default: no. */
  endsStreams?(context: ExecutionContext): boolean;
  /**
   * Is called at boot, maybe more than once, before modules set up what they serve: where a transport must be told
   * something so that its calls can be read.
   */
  prepare?(application: ContextApplication): void;
  /** How this transport calls a method, such as `TOOL` and `weather`; `undefined` where the method handles none of its calls. */
  handles?(method: Function, type: Function): { method: string; path: string } | undefined;
  /**
   * Refuses, at boot, handlers that require something which could not be enforced.
   *
   * @throws ConfigurationError naming the handler and the fix.
   */
  assertEnforceable?(handlers: readonly ContextHandler[], application: ContextApplication): void;
}
