import type { WebSocketAdapter } from '@nestjs/common';
import { rememberUpgrade } from './handshakes.js';

const KEEPING = new WeakSet<object>();

/**
 * Lets a WebSocket adapter remember the request that each connection began with.
 *
 * The clients of ws do not have it, so that nobody could tell who sends their messages; those of socket.io do. It is the
 * adapter that was given, and nothing else of it changes.
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

/** Whether the requests of an adapter's clients are known: socket.io's clients have theirs. */
export function keepsHandshakes(adapter: object): boolean {
  return KEEPING.has(adapter) || 'createIOServer' in adapter;
}
