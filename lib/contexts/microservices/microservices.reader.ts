import type { ExecutionContext, HttpException } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { RpcException } from '@nestjs/microservices';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import { InvalidTokenException } from '../../errors/invalid-token.exception.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { authenticationOf } from '../call-authentication.js';
import { expiredChallenges } from '../expired-challenges.js';
import { expireResults } from '../expiring-results.js';
import { refusedCall } from '../refused-call.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { sentHeaders } from '../sent-headers.js';
import { brokerHeaders, isAnswered, unjoined } from './broker-headers.js';
import { grpcCallOf, grpcError, grpcHeaders } from './grpc-call.js';
import { endQuietly, QuietRefusal } from './quiet-refusal.js';
import { endAt } from './stream-expiry.js';
import { UnacknowledgedMessages } from './unacknowledged.js';
import { ofThisCopy } from '../../requirements/copies.js';

/**
 * Options of `microservices`.
 *
 * @publicApi
 */
export interface MicroservicesOptions {
  /**
   * Credentials in the payload, as headers by name, which count beside those of the transport. It is given what a
   * client sent: anything. gRPC has metadata, so it is not asked there. Default: nothing in a payload is read.
   */
  readonly payload?: (data: unknown) => Readonly<Record<string, unknown>> | undefined;
}

const OPTIONS = { payload: true } satisfies OptionNames<MicroservicesOptions>;

/**
 * The reader of microservices' messages, for `contexts` of `AuthModule`: gRPC, TCP, Redis, NATS, RabbitMQ, Kafka and MQTT.
 *
 * Credentials are read where a transport has a place for them: metadata of gRPC and of Nest 12's TCP and Redis, headers
 * of NATS, RabbitMQ and Kafka, user properties of MQTT 5. It reads no payload unless it is told how.
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
 * @throws ConfigurationError where an option means nothing.
 * @publicApi
 */
export function microservices(options: MicroservicesOptions = {}): ContextReader {
  assertKnownOptions('microservices()', options, OPTIONS);
  if (!['function', 'undefined'].includes(typeof options.payload)) {
    throw new ConfigurationError('microservices(): payload must be a function');
  }
  return new MicroservicesReader(options);
}

/** A handler's part in a message; several may handle one event. */
interface HandledMessage {
  readonly type: Function;
  readonly handler: Function;
  readonly call: SecurityCall;
}

/** What Nest makes for a message alone, and what is sent with it. */
interface Message {
  readonly context: object;
  readonly injected: object;
  readonly headers: readonly (readonly [name: string, value: unknown])[];
}

/** @nestjs/microservices: `PatternHandler.EVENT`. */
const EVENT = 2;

class MicroservicesReader implements ContextReader {
  readonly type = 'rpc';
  private readonly handled = new WeakMap<object, readonly HandledMessage[]>();
  private readonly unacknowledged = new UnacknowledgedMessages();

  constructor(private readonly options: MicroservicesOptions) {}

  beforeRegistration(types: readonly Function[]): void {
    types.forEach(endQuietly);
    types.filter(hasPatterns).forEach(expireResults);
  }

  prepare(application: ContextApplication): void {
    this.unacknowledged.watch(application);
  }

  read(context: ExecutionContext): SecurityCall | undefined {
    const args = context.getArgs<unknown[]>();
    const message = this.messageOf(args);
    if (message === undefined) return undefined;
    const known = this.handledIn(message.context, context);
    if (known !== undefined) return known.call;
    const handled = this.handled.get(message.context) ?? [];
    const [type, handler] = [context.getClass(), context.getHandler()];
    const call = callOf(message);
    this.handled.set(message.context, [...handled, { type, handler, call }]);
    return call;
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
      const answered = !isEvent(context.getHandler()) && isAnswered(args[1]);
      return answered ? new RpcException(refused) : new QuietRefusal(refused);
    }
    const error = { ...refused, ...grpcError(call, refused) };
    if (call !== args[0]) return new RpcException(error);
    const [, callback] = args;
    if (typeof callback === 'function') callback(error);
    else call.emit('error', error);
    return new QuietRefusal(error);
  }

  accepted(called: SecurityCall, expiresAt: number | undefined, context: ExecutionContext): void {
    const call = expiresAt === undefined ? undefined : grpcCallOf(context.getArgs());
    if (call === undefined) return;
    endAt(expiresAt!, call, () => {
      const exception = new InvalidTokenException();
      const refused = refusedCall(exception, expiredChallenges(called, exception));
      const error = grpcError(call, refused);
      // Nest hands it to handlers of streams, and writes what is none of its own to the log.
      return Object.assign(new RpcException({ ...refused, ...error }), error);
    });
  }

  endsStreams(context: ExecutionContext): boolean {
    return grpcCallOf(context.getArgs()) !== undefined;
  }

  /** Whether its handler runs, or ran: a stream may be refused at its expiry. */
  private isLetIn(context: ExecutionContext): boolean {
    const call = this.handledIn(context.getArgByIndex<object>(1), context)?.call;
    return call !== undefined && authenticationOf(call.key)?.context !== undefined;
  }

  private handledIn(message: object, context: ExecutionContext): HandledMessage | undefined {
    const [type, handler] = [context.getClass(), context.getHandler()];
    return this.handled
      .get(message)
      ?.find((each) => each.type === type && each.handler === handler);
  }

  private messageOf(args: readonly unknown[]): Message | undefined {
    const call = grpcCallOf(args);
    if (call !== undefined) {
      const injected = call === args[0] ? call : call.metadata;
      return { context: call, injected, headers: grpcHeaders(call).flatMap(unjoined) };
    }
    const [data, context] = args;
    const headers = brokerHeaders(context);
    if (headers === undefined) return undefined;
    const payload = Object.entries(this.options.payload?.(data) ?? {});
    const own = context as object;
    return { context: own, injected: own, headers: [...headers, ...payload] };
  }
}

ofThisCopy(MicroservicesReader);

function callOf({ context, injected, headers }: Message): SecurityCall {
  const request: SecurityRequest = sentHeaders(headers);
  return { request, key: request, shared: context, injected };
}

function hasPatterns({ prototype }: Function): boolean {
  return new MetadataScanner()
    .getAllMethodNames(prototype as object)
    .some((name) => Reflect.hasMetadata('microservices:pattern', (prototype as never)[name]));
}

function isEvent(handler: Function): boolean {
  return Reflect.getMetadata('microservices:handler_type', handler) === EVENT;
}
