import type { ExecutionContext, HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { EMPTY } from 'rxjs';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import { InvalidTokenException } from '../../errors/invalid-token.exception.js';
import { Policies } from '../../policies/policies.js';
import { type ContextHandler, isEventHandler } from '../../policies/handler-kinds.js';
import { ofThisCopy } from '../../requirements/copies.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { authenticationOf } from '../kept-authentications.js';
import { expiredChallenges } from '../expired-challenges.js';
import { endResultsAtExpiry } from '../expiring-results.js';
import { CarriedState, type HandledMessage } from '../carried-state.js';
import { warnOfOneTimeCredentials } from '../one-time-credentials.js';
import { refusedCall, withoutStack } from '../refused-call.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { sentHeaders, sentParameters } from '../sent-headers.js';
import { brokerHeaders, isAnswered, unjoined } from './broker-headers.js';
import {
  endWith,
  type GrpcCall,
  grpcCallOf,
  grpcError,
  grpcHeaders,
  isAnsweredOnce,
} from './grpc-call.js';
import { assertMessagesAnsweredAlike, hasPatterns } from './message-patterns.js';
import { endQuietly, QuietRefusal } from './quiet-refusal.js';
import { endAt } from './stream-expiry.js';
import { UnacknowledgedMessages } from './unacknowledged.js';

/**
 * Options of `microservices()`.
 *
 * @publicApi
 */
export interface MicroservicesOptions {
  /**
   * Returns the credentials in a payload as headers by name, at most 1,000. They are read in addition to the
   * transport's own headers. The payload may be anything that a client can send. Not called for gRPC, which has
   * metadata. Default: payloads are not read.
   */
  readonly payload?: (data: unknown) => Readonly<Record<string, unknown>> | null | undefined;
}

const OPTIONS = { payload: true } satisfies OptionNames<MicroservicesOptions>;

/**
 * Reads the messages of microservices, over gRPC, TCP, Redis, NATS, RabbitMQ, Kafka and MQTT.
 *
 * Credentials are read from the metadata of gRPC and of Nest 12's TCP and Redis, the headers of NATS, RabbitMQ and
 * Kafka, and the user properties of MQTT 5. Payloads are read only with the `payload` option.
 *
 * @example
 * ```ts
 * import { Controller, Module } from '@nestjs/common';
 * import { MessagePattern } from '@nestjs/microservices';
 * import { APIKeyHeader, AuthModule, CurrentUser, Security } from 'nestjs-security';
 * import { microservices } from 'nestjs-security/microservices';
 *
 * const key = new APIKeyHeader({
 *   schemeName: 'Key',
 *   name: 'X-API-Key',
 *   validate: (sent) => (sent === 'a key from your store' ? { user: 'billing' } : null),
 * });
 *
 * @Controller()
 * @Security(key)
 * class Sums {
 *   @MessagePattern('sum')
 *   sum(@CurrentUser() service: string) {
 *     return `a sum for ${service}`;
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ schemes: [key], contexts: [microservices()] })],
 *   controllers: [Sums],
 * })
 * export class AppModule {}
 * ```
 *
 * @throws ConfigurationError where an option is unknown or invalid.
 * @publicApi
 */
export function microservices(options: MicroservicesOptions = {}): ContextReader {
  assertKnownOptions('microservices()', options, OPTIONS);
  if (!['function', 'undefined'].includes(typeof options.payload)) {
    throw new ConfigurationError('microservices(): payload must be a function');
  }
  return new MicroservicesReader(options);
}

/** The object that Nest creates for a message, and the headers that were sent with it. */
interface Message {
  readonly injected: object;
  readonly headers: readonly (readonly [name: string, value: unknown])[];
}

const WITHOUT_TARGET =
  'Digest credentials and DPoP proofs are made for the target of an HTTP request, which messages do not have, so that these refuse them. Require another scheme';

class MicroservicesReader implements ContextReader {
  readonly type = 'rpc';
  /** By handler: whether it handles events, which others may handle too. A message has one handler alone. */
  private readonly events = new WeakMap<Function, boolean>();
  private readonly unacknowledged = new UnacknowledgedMessages();

  constructor(private readonly options: MicroservicesOptions) {}

  beforeRegistration(types: readonly Function[]): void {
    types.forEach(endQuietly);
    types.filter(hasPatterns).forEach(endResultsAtExpiry);
  }

  prepare(application: ContextApplication): void {
    this.unacknowledged.watch(application);
  }

  assertEnforceable(closed: readonly ContextHandler[], application: ContextApplication): void {
    // Those of other readers of this type, such as `mcp()`, may come over HTTP.
    const messages = closed.filter(({ method }) => ['RPC', 'EVENT'].includes(method));
    warnOfOneTimeCredentials(messages, application, WITHOUT_TARGET);
    assertMessagesAnsweredAlike(application.get(Policies)!);
  }

  read(context: ExecutionContext): SecurityCall | undefined {
    const args = context.getArgs<unknown[]>();
    const own = grpcCallOf(args) ?? args[1];
    if (typeof own !== 'object' || own === null) return undefined;
    return this.handledIn(own, context)?.call ?? this.readFirst(args, own, context);
  }

  params(context: ExecutionContext): unknown {
    const args = context.getArgs<unknown[]>();
    const call = grpcCallOf(args);
    return call === undefined ? args[0] : call.request;
  }

  refuse(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): RpcException {
    const args = context.getArgs<unknown[]>();
    const refused = refusedCall(exception, challenges);
    const call = grpcCallOf(args);
    if (call === undefined) {
      if (!this.isLetIn(context)) this.unacknowledged.refused(args[1]);
      const answered = !isEventHandler(context.getHandler()) && isAnswered(args[1]);
      return withoutStack(() => (answered ? new RpcException(refused) : new QuietRefusal(refused)));
    }
    const error = { ...refused, ...grpcError(call, refused) };
    if (call !== args[0]) return refusedStream(call, error);
    const [, callback] = args;
    if (typeof callback === 'function') callback(error);
    else endWith(call, error);
    return withoutStack(() => new QuietRefusal(error));
  }

  accepted(called: SecurityCall, expiresAt: number | undefined, context: ExecutionContext): void {
    const call = expiresAt === undefined ? undefined : grpcCallOf(context.getArgs());
    if (call === undefined) return;
    endAt(expiresAt!, call, () => {
      const exception = new InvalidTokenException();
      const refused = refusedCall(exception, expiredChallenges(called, exception));
      const error = grpcError(call, refused);
      // Handlers of streams receive it. An `RpcException`, as Nest logs errors that are none.
      return Object.assign(new RpcException({ ...refused, ...error }), error);
    });
  }

  endsStreams(context: ExecutionContext): boolean {
    return grpcCallOf(context.getArgs()) !== undefined;
  }

  /** Whether the call was let in before: a stream is refused when its credentials expire. */
  private isLetIn(context: ExecutionContext): boolean {
    const call = this.handledIn(context.getArgByIndex<object>(1), context)?.call;
    return call !== undefined && authenticationOf(call.key)?.context !== undefined;
  }

  private handledIn(message: object, context: ExecutionContext): HandledMessage | undefined {
    const handled = CarriedState.of(message)?.handled;
    if (handled === undefined) return undefined;
    const type = context.getClass();
    const handler = context.getHandler();
    return handled.find((each) => each.type === type && each.handler === handler);
  }

  /** Reads the headers of a message, once for each of its handlers. */
  private readFirst(
    args: readonly unknown[],
    own: object,
    context: ExecutionContext,
  ): SecurityCall | undefined {
    const message = this.messageOf(args, own);
    if (message === undefined) return undefined;
    const state = CarriedState.for(own);
    const handler = context.getHandler();
    const call = callOf(message, this.isEvent(handler) ? state : undefined);
    state.handled = [...state.handled, { type: context.getClass(), handler, call }];
    return call;
  }

  private isEvent(handler: Function): boolean {
    let known = this.events.get(handler);
    if (known === undefined) {
      known = isEventHandler(handler);
      this.events.set(handler, known);
    }
    return known;
  }

  private messageOf(args: readonly unknown[], own: object): Message | undefined {
    const call = grpcCallOf(args);
    if (call !== undefined) {
      const injected = call === args[0] ? call : call.metadata;
      return { injected, headers: grpcHeaders(call).flatMap(unjoined) };
    }
    const headers = brokerHeaders(own);
    if (headers === undefined) return undefined;
    const { payload } = this.options;
    const sent =
      payload === undefined ? headers : [...headers, ...sentParameters(payload(args[0]))];
    return { injected: own, headers: sent };
  }
}

ofThisCopy(MicroservicesReader);

/**
 * Creates the error for Nest to answer with. A client that has stopped sending and waits for a stream is answered here,
 * as Nest 11's listener of errors would end the process.
 */
function refusedStream(call: GrpcCall, error: object): RpcException {
  if (call.readableEnded !== true || isAnsweredOnce(call)) {
    return withoutStack(() => new RpcException(error));
  }
  endWith(call, error);
  return withoutStack(() => new QuietRefusal(error, EMPTY));
}

function callOf({ injected, headers }: Message, shared: CarriedState | undefined): SecurityCall {
  const request: SecurityRequest = sentHeaders(headers);
  return { request, key: request, shared: shared ?? request, injected };
}
