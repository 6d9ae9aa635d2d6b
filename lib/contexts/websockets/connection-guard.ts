import {
  type CanActivate,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
  InternalServerErrorException,
  Logger,
  type OnApplicationBootstrap,
  Optional,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { WsException } from '@nestjs/websockets';
import { lastValueFrom } from 'rxjs';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { foundBy, type SchemeAuthentication } from '../../guards/current-authentication.js';
import { SecurityGuard } from '../../guards/security.guard.js';
import { atBoot } from '../../policies/at-boot.js';
import { ADMITS, handleConnection } from '../../policies/connection.js';
import { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';
import { hintOfCopies } from '../../requirements/copies.js';
import type { SchemeReference } from '../../requirements/requirement.js';
import type { CallAuthentication } from '../call-authentication.js';
import { authenticationOf } from '../kept-authentications.js';
import { ContextReaders, keyOf } from '../context-readers.js';
import { type RefusedCall, refusedCall } from '../refused-call.js';
import type { AdmitClient, ClientAdmission } from './client-admission.js';
import { connectionOf } from './handshakes.js';
import { assertNoRecovery, isSocketIOServer, protectSocketIO } from './socket-io-server.js';
import { assertListens, assertServes } from './server-place.js';
import { adapterOf } from './web-socket-adapter.js';
import { isWsServer, protectWs } from './ws-server.js';

const logger = new Logger('ConnectionGuard');

/** By connection: who it was let in as, for each protected gateway that shares it. */
const LET_IN = new WeakMap<object, CallAuthentication[]>();

/**
 * Refuses connections that do not satisfy the requirement, scopes and rules of their gateway.
 *
 * Nest runs guards for messages only: without this one anybody may connect and receive broadcasts. A refused client
 * reaches neither `handleConnection` nor a broadcast. A socket.io client gets `connect_error` with a `RefusedCall` as
 * its `data`; a ws client gets an HTTP response with the status and the challenges. The connection is closed when its
 * credentials expire. Messages are still guarded one by one, so that a token that is revoked in the meantime is
 * refused.
 *
 * Call `protect()` in `afterInit`, before any client connects. Where gateways share a ws server, a connection must
 * satisfy every protected one.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
 * import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
 * import { ConnectionGuard, webSockets } from 'nestjs-security/websockets';
 *
 * const token = new HTTPBearer({ schemeName: 'Token', validate: () => ({ user: 'ada' }) });
 *
 * @WebSocketGateway({ namespace: 'chat' })
 * @Security(token)
 * export class ChatGateway implements OnGatewayInit<object> {
 *   constructor(private readonly connections: ConnectionGuard) {}
 *
 *   afterInit(server: object) {
 *     this.connections.protect(server, ChatGateway);
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ schemes: [token], contexts: [webSockets()] })],
 *   providers: [ChatGateway, ConnectionGuard],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Injectable()
export class ConnectionGuard implements OnApplicationBootstrap {
  // An audit may run before `afterInit` has called `protect()`: this tells it that gateways may be protected.
  static readonly [ADMITS] = true;

  private readonly gateways = new Map<Type, Set<object>>();
  private readonly policies: Policies;
  private readonly readers: ContextReaders;
  private isBooted = false;

  /**
   * Called by Nest: list the class among the providers of the gateway's module.
   *
   * @throws ConfigurationError where `AuthModule` is not imported, or comes from another copy of this package.
   */
  constructor(
    private readonly moduleRef: ModuleRef,
    @Optional() @Inject(Policies) policies: Policies | undefined,
    @Optional() @Inject(ContextReaders) readers: ContextReaders | undefined,
  ) {
    if (policies === undefined || readers === undefined) {
      throw new ConfigurationError(
        `ConnectionGuard needs AuthModule: import AuthModule.forRoot() in the root module${hintOfCopies()}`,
      );
    }
    this.policies = policies;
    this.readers = readers;
  }

  /** @throws ConfigurationError naming the gateway that could not be protected. */
  onApplicationBootstrap(): void {
    this.isBooted = true;
    atBoot(this.moduleRef, () => {
      for (const [gateway, servers] of this.gateways) {
        servers.forEach((server) => this.assertProtectable(server, gateway));
      }
    });
  }

  /**
   * Refuses connections to a server that do not satisfy a gateway's policy.
   *
   * @param server The server that `afterInit` receives: a socket.io server or namespace, or a ws server.
   * @throws ConfigurationError where the gateway cannot be protected; before bootstrap, bootstrap throws it.
   */
  protect(server: object, gateway: Type): void {
    const servers = this.gateways.get(gateway) ?? new Set();
    if (servers.has(server)) return;
    // An error in `afterInit` would end the process, so that during startup the check waits for bootstrap.
    if (this.isBooted) this.assertProtectable(server, gateway);
    this.gateways.set(gateway, servers.add(server));
    this.policies.connections.protect(gateway);
    const admit: AdmitClient = (client) => this.admit(client, gateway);
    if (!areGiven(server, gateway)) return;
    if (isSocketIOServer(server)) protectSocketIO(server, admit);
    else if (isWsServer(server)) protectWs(server, admit);
  }

  /**
   * What a scheme found out about a client when it connected, or `null` where the scheme took no part, as with a client
   * of a gateway that is not protected.
   *
   * It is known from `handleConnection` on, and stays as it was found then.
   *
   * @example
   * ```ts
   * import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
   * import { HTTPBearer, Security } from 'nestjs-security';
   * import { ConnectionGuard } from 'nestjs-security/websockets';
   *
   * const token = new HTTPBearer({ schemeName: 'Token', validate: () => ({ user: 'ada' }) });
   *
   * @WebSocketGateway()
   * @Security(token)
   * export class PresenceGateway implements OnGatewayInit<object>, OnGatewayConnection<object> {
   *   readonly present = new Set<string>();
   *
   *   constructor(private readonly connections: ConnectionGuard) {}
   *
   *   afterInit(server: object) {
   *     this.connections.protect(server, PresenceGateway);
   *   }
   *
   *   handleConnection(client: object) {
   *     const connected = this.connections.authenticationOf(client, token);
   *     if (connected !== null) this.present.add(connected.user);
   *   }
   * }
   * ```
   *
   * @param client The client that `handleConnection` receives, of socket.io or ws.
   */
  authenticationOf<Reference extends SchemeReference>(
    client: object,
    scheme: Reference,
  ): SchemeAuthentication<Reference> | null {
    const connection = connectionOf(client);
    return foundBy((connection && LET_IN.get(connection)) ?? [], scheme);
  }

  private assertProtectable(server: object, gateway: Type): void {
    assertGiven(server, gateway);
    const call = `ConnectionGuard.protect(server, ${gateway.name})`;
    if (isSocketIOServer(server)) assertNoRecovery(server, call);
    else if (!isWsServer(server)) {
      throw new ConfigurationError(
        `${call}: the server is neither of socket.io nor of ws: pass the one that afterInit() receives`,
      );
    }
    const protection = { server, gateway, call };
    assertServes(protection);
    const gateways = this.policies.connections.all().map(({ controller }) => controller);
    assertListens(protection, adapterOf(this.moduleRef) ?? {}, gateways);
    if (this.readers.of('ws').length === 0) {
      throw new ConfigurationError(
        `${call}: the credentials of connections are not read: add webSockets() to contexts in AuthModule.forRoot()`,
      );
    }
    if (isOpen(this.policies.of(gateway, handleConnection))) {
      throw new ConfigurationError(
        `${call}: ${gateway.name} requires nothing of clients that connect: add @Security(...) to it`,
      );
    }
  }

  private async admit(client: object, gateway: Type): Promise<ClientAdmission> {
    const context = new ExecutionContextHost(
      [client, undefined, 'connection'],
      gateway,
      handleConnection,
    );
    context.setType('ws');
    try {
      const guard = this.moduleRef.get<CanActivate>(SecurityGuard, { strict: false });
      const answer = await guard.canActivate(context);
      const admitted = typeof answer === 'boolean' ? answer : await lastValueFrom(answer);
      if (!admitted) return { refused: refusedCall(new ForbiddenException(), []) };
      const key = keyOf(context);
      const authentication = key && authenticationOf(key);
      if (authentication !== undefined) letIn(client, authentication);
      return { expiresAt: authentication?.expiresAt };
    } catch (error) {
      return { refused: refusedBy(error) };
    }
  }
}

function letIn(client: object, authentication: CallAuthentication): void {
  const connection = connectionOf(client);
  if (connection === undefined) return;
  LET_IN.set(connection, [...(LET_IN.get(connection) ?? []), authentication]);
}

/** The answer to a client, for any error of the guard. */
function refusedBy(error: unknown): RefusedCall {
  if (error instanceof WsException) {
    const known = error.getError() as Partial<RefusedCall> | string;
    if (typeof known === 'object' && typeof known.statusCode === 'number') {
      return known as RefusedCall;
    }
  }
  if (error instanceof HttpException) return refusedCall(error, []);
  logger.error(error);
  return refusedCall(new InternalServerErrorException(), []);
}

function areGiven(server: unknown, gateway: unknown): boolean {
  return typeof gateway === 'function' && typeof server === 'object' && server !== null;
}

function assertGiven(server: unknown, gateway: unknown): void {
  if (typeof gateway !== 'function') {
    throw new ConfigurationError(
      'ConnectionGuard.protect() needs the class of a gateway: protect(server, ChatGateway)',
    );
  }
  if (areGiven(server, gateway)) return;
  throw new ConfigurationError(
    `ConnectionGuard.protect(server, ${gateway.name}): there is no server: pass the one that afterInit() receives`,
  );
}
