import type { EventEmitter } from 'node:events';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { RefusedCall } from '../refused-call.js';
import type { AdmitClient } from './client-admission.js';
import { atExpiry } from '../at-expiry.js';
import { endResultsOf } from '../expiring-results.js';

type Socket = EventEmitter & { disconnect(): unknown };

/** A socket.io server, or one of its namespaces. */
interface SocketIOServer {
  use(middleware: (socket: Socket, next: (error?: Error) => void) => void): unknown;
  on(event: 'connection', listener: (socket: Socket) => void): unknown;
  readonly opts?: ServerOptions | undefined;
  /** A namespace's server. */
  readonly server?: { readonly opts?: ServerOptions | undefined } | undefined;
}

interface ServerOptions {
  readonly connectionStateRecovery?: unknown;
}

export function isSocketIOServer(server: object): server is SocketIOServer {
  const { use, handleUpgrade } = server as Record<string, unknown>;
  return typeof use === 'function' && typeof handleUpgrade !== 'function';
}

/**
 * Refuses `connectionStateRecovery`, which lets clients reconnect without a check.
 *
 * Socket.io sends a recovered client the packets it missed before any middleware runs, and by default runs none.
 *
 * @throws ConfigurationError naming the option.
 */
export function assertNoRecovery({ opts, server }: SocketIOServer, call: string): void {
  if (!(opts ?? server?.opts)?.connectionStateRecovery) return;
  throw new ConfigurationError(
    `${call}: connectionStateRecovery lets clients reconnect, and sends them what they missed, before their credentials are checked: remove it from the options of the gateway or its adapter`,
  );
}

/**
 * Protects one namespace, or a server's main one: socket.io runs middlewares for each namespace that a client joins.
 */
export function protectSocketIO(server: SocketIOServer, admit: AdmitClient): void {
  const expiries = new WeakMap<Socket, number>();
  server.use((socket, next) => {
    void admit(socket).then((admission) => {
      if (admission.refused !== undefined) return next(errorOf(admission.refused));
      if (admission.expiresAt !== undefined) expiries.set(socket, admission.expiresAt);
      next();
    });
  });
  server.on('connection', (socket) => {
    const expiresAt = expiries.get(socket);
    if (expiresAt === undefined) return;
    const forget = atExpiry(expiresAt, () => {
      endResultsOf(socket);
      socket.disconnect();
    });
    socket.once('disconnect', forget);
  });
}

/** The error that socket.io sends as `connect_error`, with its `data`. */
function errorOf(refused: RefusedCall): Error {
  return Object.assign(new Error(refused.message), { data: refused });
}
