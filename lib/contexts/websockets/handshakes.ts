import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { type Handshake, handshakeRequest } from '../handshake.js';

/** By ws client: its handshake request, which the client itself does not hold. */
const UPGRADES = new WeakMap<object, object>();

/** The parts that are read of a socket.io client. */
interface SocketIOClient {
  readonly handshake: { readonly auth?: unknown };
  readonly request?: Handshake | undefined;
}

/** Remembers a client's handshake request; ignores anything else that an adapter passes. */
export function rememberUpgrade(client: object, request: unknown): void {
  if (isHandshake(request)) UPGRADES.set(client, request);
}

/** The object that identifies a client's connection; `undefined` for what is neither a socket.io nor a ws client. */
export function connectionOf(client: unknown): object | undefined {
  if (typeof client !== 'object' || client === null) return undefined;
  if (isSocketIO(client)) return client;
  return UPGRADES.get(client) ?? (isWs(client) ? client : undefined);
}

/** A connection's handshake request, as schemes read it. */
export function requestOf(connection: object, origins: readonly string[]): SecurityRequest {
  if (isHandshake(connection)) return handshakeRequest(connection, undefined, origins);
  if (!isSocketIO(connection)) return UNKNOWN_REQUEST;
  const { request = NO_REQUEST, handshake } = connection;
  return handshakeRequest(request, handshake.auth, origins, lineOf);
}

/** WebTransport has no handshake request. */
const NO_REQUEST: Handshake = { rawHeaders: [] };

/** The header that a field of a client's `auth` stands for: its own name, except that `token` is a bearer token. */
function lineOf(name: string, value: unknown): [string, unknown] {
  if (name.toLowerCase() !== 'token') return [name, value];
  return ['authorization', typeof value === 'string' ? `Bearer ${value}` : value];
}

/** The request of a connection whose handshake was not remembered: a scheme that reads it refuses the call. */
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
    'The handshake request of a WebSocket is not known: call app.useWebSocketAdapter(keepHandshakes(new WsAdapter(app))) before the application listens',
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
