import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { ContextHandler } from '../policies/handler-kinds.js';
import type { SecurityRequest } from '../schemes/security-request.js';

/**
 * One call of a handler, as the guard sees it whatever the transport.
 *
 * @publicApi
 */
export interface SecurityCall {
  /** The request that schemes read. */
  readonly request: SecurityRequest;
  /**
   * The object with which the guard keeps its decision on this very call. Reading the call again from the same
   * execution context must give the same object.
   */
  readonly key: object;
  /** One object for all calls that share their validations; `key` where the call shares them with no other. */
  readonly shared: object;
  /** The object that Nest injects as `REQUEST` into providers that are made for this call. Default: `key`. */
  readonly injected?: object | undefined;
}

/** The application, as readers see it at boot. */
export interface ContextApplication {
  /** A provider of any module, by its class; `undefined` where there is none. */
  get<T>(token: abstract new (...args: never[]) => T): T | undefined;
  /** The same by any other token. */
  get(token: unknown): unknown;
}

/**
 * Teaches the guard a kind of call: where its credentials are, and how a refusal is sent.
 *
 * It decides nothing. A call that no reader of its type recognises is refused.
 *
 * @publicApi
 */
export interface ContextReader {
  /** The type of its calls, as `ExecutionContext.getType()` names it. */
  readonly type: string;
  /** The name of its calls in audits and events, where other readers have the same type. Default: `type`. */
  readonly kind?: string;
  /** Receives the classes of all controllers and other providers before Nest looks for their handlers. */
  beforeRegistration?(controllers: readonly Function[], providers: readonly Function[]): void;
  /** Reads a call; `undefined` where it is not of this reader's kind. */
  read(context: ExecutionContext): SecurityCall | undefined;
  /** The call's parameters, by which rules decide: route parameters, arguments, the message. Default: none. */
  params?(context: ExecutionContext): unknown;
  /** Sends the challenges and what goes with them, and returns what to throw. Default: the exception. */
  refuse?(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): unknown;
  /** Is called for each call that was let in, with the time its credentials expire, if known, in seconds. */
  accepted?(call: SecurityCall, expiresAt: number | undefined, context: ExecutionContext): void;
  /** Whether it ends a stream of answers itself when the credentials of its call expire. Default: no. */
  endsStreams?(context: ExecutionContext): boolean;
  /**
   * Is called at boot, possibly more than once, before modules set up their servers: prepares the transport so that its
   * calls can be read.
   */
  prepare?(application: ContextApplication): void;
  /** How this transport calls a method, such as `TOOL` and `weather`; `undefined` where it does not call it. */
  handles?(method: Function, type: Function): { method: string; path: string } | undefined;
  /**
   * Refuses, at boot, handlers whose requirement could not be enforced.
   *
   * @throws ConfigurationError naming the handler and the fix.
   */
  assertEnforceable?(handlers: readonly ContextHandler[], application: ContextApplication): void;
}
