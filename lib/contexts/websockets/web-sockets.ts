import type { ExecutionContext, HttpException } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WsException } from '@nestjs/websockets';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import { type ContextHandler, gatewayPlace } from '../../policies/handler-kinds.js';
import { hintOfCopies, ofThisCopy } from '../../requirements/copies.js';
import { endResultsAtExpiry } from '../expiring-results.js';
import { assertOrigins } from '../handshake.js';
import { warnOfOneTimeCredentials } from '../one-time-credentials.js';
import { refusedCall, withoutStack } from '../refused-call.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { ValidationPeriod } from '../validation-period.js';
import { connectionOf, requestOf, UNKNOWN_REQUEST } from './handshakes.js';
import { keepsHandshakes } from './keep-handshakes.js';
import { callIn, type Connection, MessageCall, putIn } from './message-call.js';
import { adapterOf } from './web-socket-adapter.js';

/**
 * Options of `webSockets()`.
 *
 * @publicApi
 */
export interface WebSocketsOptions {
  /**
   * Origins, besides the server's own, whose pages may use cookies, such as `https://app.example.com`. Default: none.
   */
  readonly origins?: readonly string[];
  /** How long, in seconds, accepted credentials are not validated again. Default: 0, every message validates them. */
  readonly maxAge?: number;
}

const OPTIONS = { origins: true, maxAge: true } satisfies OptionNames<WebSocketsOptions>;

/**
 * Reads the messages of gateways, on socket.io and on ws, with the credentials of their connection's handshake.
 *
 * Credentials are read from the headers and the URL of the handshake request and, with socket.io, from the client's
 * `auth`: headers by name, and `token` for `Authorization: Bearer`. Messages themselves are not read. Cookies count
 * only if no browser sent the handshake, or its page is of the server's own origin or one in `origins`. To refuse
 * connections, use `ConnectionGuard`.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
 * import { AuthModule, CurrentUser, HTTPBearer, Security } from 'nestjs-security';
 * import { webSockets } from 'nestjs-security/websockets';
 *
 * const token = new HTTPBearer({ schemeName: 'Token', validate: () => ({ user: 'ada' }) });
 *
 * @WebSocketGateway()
 * @Security(token)
 * export class ChatGateway {
 *   @SubscribeMessage('me')
 *   me(@CurrentUser() user: string) {
 *     return { event: 'me', data: user };
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
 *   providers: [ChatGateway],
 * })
 * export class AppModule {}
 * ```
 *
 * @throws ConfigurationError where an option is unknown or invalid.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-10.2
 * @publicApi
 */
export function webSockets(options: WebSocketsOptions = {}): ContextReader {
  assertKnownOptions('webSockets()', options, OPTIONS);
  const { origins = [], maxAge = 0 } = options;
  assertOrigins(origins, 'webSockets()');
  if (!(Number.isFinite(maxAge) && maxAge >= 0)) {
    throw new ConfigurationError('webSockets(): maxAge must be a number of seconds, 0 or more');
  }
  return new WebSocketReader([...origins], maxAge);
}

const GOOD_ONCE =
  'Digest credentials and DPoP proofs of a handshake are good once, so that these messages are refused from the second one on. Set maxAge in webSockets(), or require them of the connection alone, by ConnectionGuard and @Public() on the messages';

class WebSocketReader implements ContextReader {
  readonly type = 'ws';
  private readonly connections = new WeakMap<object, Connection>();

  constructor(
    private readonly origins: readonly string[],
    private readonly maxAge: number,
  ) {}

  beforeRegistration(_controllers: readonly Function[], providers: readonly Function[]): void {
    providers.filter((type) => gatewayPlace(type) !== undefined).forEach(endResultsAtExpiry);
  }

  read(context: ExecutionContext): SecurityCall | undefined {
    const known = callIn(context);
    if (known !== undefined) return known;
    const client = context.getArgByIndex<object>(0);
    const connection = this.connectionOf(client);
    if (connection === undefined) return undefined;
    const { request } = connection;
    const own = request === UNKNOWN_REQUEST ? request : { ...request };
    const call = new MessageCall(connection, own, client, this.periodOf(connection));
    putIn(context, call);
    return call;
  }

  params(context: ExecutionContext): unknown {
    return context.getArgByIndex(1);
  }

  accepted(call: SecurityCall): void {
    if (call instanceof MessageCall) call.connection.period = call.period;
  }

  refuse(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): WsException {
    const call = callIn(context);
    if (call !== undefined) call.connection.period = undefined;
    // Nest sends an object as it is; a text it would send together with the client's message.
    return withoutStack(() => new WsException(refusedCall(exception, challenges)));
  }

  assertEnforceable(handlers: readonly ContextHandler[], application: ContextApplication): void {
    if (this.maxAge === 0) warnOfOneTimeCredentials(handlers, application, GOOD_ONCE);
    const [handler] = handlers;
    const adapter = adapterOf(application.get(ModuleRef)!);
    if (handler === undefined || adapter === undefined || keepsHandshakes(adapter)) return;
    throw new ConfigurationError(
      `${handler.name} requires something of its callers, but ${adapter.constructor.name} does not keep the handshake requests of its clients: call app.useWebSocketAdapter(keepHandshakes(new ${adapter.constructor.name}(app)))${hintOfCopies()}`,
    );
  }

  private connectionOf(client: unknown): Connection | undefined {
    const identity = connectionOf(client);
    if (identity === undefined) return undefined;
    const known = this.connections.get(identity);
    if (known !== undefined) return known;
    const connection = { request: requestOf(identity, this.origins), period: undefined };
    this.connections.set(identity, connection);
    return connection;
  }

  private periodOf({ period }: Connection): ValidationPeriod | undefined {
    if (this.maxAge === 0) return undefined;
    return period?.isFresh(this.maxAge) ? period : new ValidationPeriod();
  }
}

ofThisCopy(WebSocketReader);
