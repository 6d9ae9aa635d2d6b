import type { WebSocketAdapter } from '@nestjs/common';
import { rememberUpgrade } from './handshakes.js';

const KEEPING = new WeakSet<object>();

/**
 * Makes a WebSocket adapter remember each client's handshake request, and returns the same adapter.
 *
 * `WsAdapter` needs it: a ws client does not hold its request, so that the credentials of its messages would be
 * unknown. Socket.io clients hold theirs.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { WsAdapter } from '@nestjs/platform-ws';
 * import { keepHandshakes } from 'nestjs-security/websockets';
 *
 * export function useWebSockets(app: INestApplication): void {
 *   app.useWebSocketAdapter(keepHandshakes(new WsAdapter(app)));
 * }
 * ```
 *
 * @publicApi
 */
export function keepHandshakes<Adapter extends WebSocketAdapter>(adapter: Adapter): Adapter {
  if (KEEPING.has(adapter)) return adapter;
  KEEPING.add(adapter);
  const bind = adapter.bindClientConnect;
  adapter.bindClientConnect = function bindClientConnect(this: Adapter, server, callback) {
    return bind.call(this, server, function (this: unknown, ...connected: unknown[]) {
      const [client, request] = connected;
      if (typeof client === 'object' && client !== null) rememberUpgrade(client, request);
      return callback.apply(this, connected) as unknown;
    });
  };
  return adapter;
}

/** Whether the handshake requests of an adapter's clients are known, as those of socket.io clients always are. */
export function keepsHandshakes(adapter: object): boolean {
  return KEEPING.has(adapter) || 'createIOServer' in adapter;
}
