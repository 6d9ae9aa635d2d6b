import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { type Handshake, handshakeRequest } from '../handshake.js';

/** The upgrade request of each ws client, which the client itself does not have. */
const UPGRADES = new WeakMap<object, object>();

/** What is read of the socket of a socket.io client. */
interface SocketIOClient {
  readonly handshake: { readonly auth?: unknown };
  readonly request?: Handshake | undefined;
}

/** Remembers the request that a client began with; whatever is no such request is not remembered. */
export function rememberUpgrade(client: object, request: unknown): void {
  if (isHandshake(request)) UPGRADES.set(client, request);
}

/** What a client's connection is known by, or `undefined` where it is neither socket.io's nor of ws. */
export function connectionOf(client: unknown): object | undefined {
  if (typeof client !== 'object' || client === null) return undefined;
  return UPGRADES.get(client) ?? (isSocketIO(client) || isWs(client) ? client : undefined);
}

/** The request that a connection began with, as schemes read it. */
export function requestOf(connection: object, origins: readonly string[]): SecurityRequest {
  if (isHandshake(connection)) return handshakeRequest(connection, undefined, origins);
  if (!isSocketIO(connection)) return UNKNOWN_REQUEST;
  const { request = NO_REQUEST, handshake } = connection;
  return handshakeRequest(request, handshake.auth, origins, lineOf);
}

/** WebTransport has none. */
const NO_REQUEST: Handshake = { rawHeaders: [] };

/** What a client sends as `auth` is headers, except that the usual name of a token is none. */
function lineOf(name: string, value: unknown): [string, unknown] {
  if (name.toLowerCase() !== 'token') return [name, value];
  return ['authorization', typeof value === 'string' ? `Bearer ${value}` : value];
}

/** Whoever reads the request of a connection that nobody remembered is refused. */
export const UNKNOWN_REQUEST: SecurityRequest = Object.freeze({
  get headers(): never {
    return unknown();
  },
  get rawHeaders(): never {
    return unknown();
  },
  get url(): never {
    return unknown();
  },
  get socket(): never {
    return unknown();
  },
});

function unknown(): never {
  throw new ConfigurationError(
    'The request that a WebSocket began with is not known: call app.useWebSocketAdapter(keepHandshakes(new WsAdapter(app))) before the application listens',
  );
}

function isHandshake(value: unknown): value is Handshake {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as Partial<Handshake>).rawHeaders)
  );
}

function isSocketIO(client: object): client is SocketIOClient {
  const { handshake, nsp } = client as { readonly handshake?: unknown; readonly nsp?: unknown };
  return typeof handshake === 'object' && handshake !== null && nsp !== undefined;
}

function isWs(client: object): boolean {
  const { readyState, terminate } = client as Record<string, unknown>;
  return typeof readyState === 'number' && typeof terminate === 'function';
}
