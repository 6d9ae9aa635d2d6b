import {
  type ExecutionContext,
  type HttpException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { SecurityException } from '../../errors/security.exception.js';
import type { ContextHandler } from '../../policies/handler-kinds.js';
import { methodName } from '../../policies/route-handlers.js';
import { ofThisCopy } from '../../requirements/copies.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { graphqlModules } from '../graphql-modules.js';
import { handshakeRequest } from '../handshake.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { type CalledField, calledField, type FieldInfo } from './called-field.js';
import { type HttpOrigin, originOf, SHARED, type SocketOrigin } from './context-origin.js';
import { GraphQLRefusal } from './graphql-refusal.js';
import { type GraphQLModuleOptions, markContexts } from './module-options.js';
import { deadlineOf } from './expiring-stream.js';
import { assertNotReplaced } from './replaced-fields.js';
import { transformSchemas } from './transform-schemas.js';

const logger = new Logger('SecurityGuard');

/** The options of `graphql()`, with their defaults. */
export interface ReaderOptions {
  readonly origins: readonly string[];
  readonly descriptions: boolean;
}

/**
 * One run of a resolver, with which its decision is kept: all fields of an operation share the context, and all
 * handlers that run for a field share `info`.
 */
class RunKey {
  constructor(
    readonly type: Function,
    readonly handler: Function,
    /** The run of another handler that was given the same `info`. */
    readonly next: RunKey | undefined,
  ) {}
}

const KEYS = Symbol('nestjs-security:keys');

/** Reads GraphQL operations: schemes read the operation's request, and each run of a resolver is a call. */
export class GraphQLReader implements ContextReader {
  readonly type = 'graphql';
  /** By context: the requests of operations over sockets. */
  private readonly handshakes = new WeakMap<object, SecurityRequest>();

  constructor(private readonly options: ReaderOptions) {}

  prepare(application: ContextApplication): void {
    for (const options of graphqlModules(application) as GraphQLModuleOptions[]) {
      markContexts(options);
      transformSchemas(options, application, this.options.descriptions);
    }
  }

  assertEnforceable(handlers: readonly ContextHandler[], application: ContextApplication): void {
    assertNotReplaced(handlers, graphqlModules(application));
    const unguarded = handlers.find(({ handler }) => handler.name === '__resolveType');
    if (unguarded === undefined) return;
    throw new ConfigurationError(
      `${unguarded.name} requires something of its callers, but Nest runs no guards for a method of that name: require it of the fields that lead to the type`,
    );
  }

  read(context: ExecutionContext): SecurityCall | undefined {
    const called = calledField(context.getArgs());
    if (called === undefined) return undefined;
    const contextValue = called.contextValue as object;
    const origin = originOf(contextValue);
    if (origin === undefined || origin === SHARED) return refuseContext(origin, context);
    const key = keyOf(called.info, context);
    if ('request' in origin) {
      const { request } = origin;
      return { request, key, shared: request, injected: contextValue };
    }
    const request = this.handshakeOf(origin, contextValue);
    return { request, key, shared: contextValue, injected: contextValue };
  }

  params(context: ExecutionContext): unknown {
    return calledField(context.getArgs())!.params;
  }

  refuse(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): unknown {
    const origin = originOf(calledField(context.getArgs())?.contextValue);
    if (typeof origin === 'object' && 'response' in origin) {
      sendHeaders(origin, exception, challenges);
    }
    return new GraphQLRefusal(exception, challenges);
  }

  accepted(_call: SecurityCall, expiresAt: number | undefined, context: ExecutionContext): void {
    if (expiresAt === undefined) return;
    const { contextValue, info } = calledField(context.getArgs()) as CalledField;
    if (info.operation.operation !== 'subscription') return;
    deadlineOf(contextValue as object).bringForward(expiresAt);
  }

  private handshakeOf(origin: SocketOrigin, contextValue: object): SecurityRequest {
    const known = this.handshakes.get(contextValue);
    if (known !== undefined) return known;
    const parameters = origin.parameters(contextValue);
    const request = handshakeRequest(origin.upgrade, parameters, this.options.origins);
    this.handshakes.set(contextValue, request);
    return request;
  }
}

ofThisCopy(GraphQLReader);

function keyOf(info: FieldInfo & { [KEYS]?: RunKey }, context: ExecutionContext): RunKey {
  const handler = context.getHandler();
  const first = info[KEYS];
  for (let key = first; key !== undefined; key = key.next) {
    if (key.handler === handler) return key;
  }
  const type = context.getClass();
  if (first !== undefined && standsIn(handler, type, first)) return first;
  return (info[KEYS] = new RunKey(type, handler, first));
}

/**
 * Whether a function stands in for the handler that runs: Nest tells the guard of the class's method, and parameter
 * decorators of the function that an instance has in its place, even if the instance was made for another request.
 */
function standsIn(handler: Function, type: Function, { type: ran, next }: RunKey): boolean {
  return next === undefined && ran === type && methodName(type, handler) === undefined;
}

/** Refuses a call whose context does not tell where it comes from. */
function refuseContext(origin: typeof SHARED | undefined, context: ExecutionContext): never {
  const name = `${context.getClass().name}.${context.getHandler().name}`;
  logger.error(
    origin === SHARED
      ? `${name} was called with a GraphQL context that was made for another request: let the context function of GraphQLModule.forRoot() return a new object each time`
      : `${name} was called with a GraphQL context that the context option of GraphQLModule.forRoot() did not make: it is not known who calls`,
  );
  throw new InternalServerErrorException();
}

/** Sends a refusal's headers. The challenges of all fields that one response refuses add up. */
function sendHeaders(
  { response, challenges: sent }: HttpOrigin,
  exception: HttpException,
  challenges: readonly string[],
): void {
  if ((response.raw ?? response).headersSent === true) return;
  challenges.forEach((challenge) => sent.add(challenge));
  response.header('Cache-Control', 'no-store');
  if (sent.size > 0) response.header('WWW-Authenticate', [...sent]);
  if (!(exception instanceof SecurityException)) return;
  for (const [name, value] of Object.entries(exception.headers)) response.header(name, value);
}
