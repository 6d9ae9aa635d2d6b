import type { SecurityRequest } from '../../schemes/security-request.js';
import type { Handshake } from '../handshake.js';

/** The property of a GraphQL context that says where it comes from; copies of a context have it too. */
const ORIGIN = Symbol('nestjs-security:origin');

/** The origin of a context over HTTP. */
export interface HttpOrigin {
  readonly request: SecurityRequest;
  readonly response: HttpResponse;
  /** The challenges that the response has so far. */
  readonly challenges: Set<string>;
}

/** The origin of a context over a socket: the upgrade request, and what the client sent once the socket was open. */
export interface SocketOrigin {
  readonly upgrade: Handshake;
  parameters(contextValue: object): unknown;
}

/** Where a context comes from; `SHARED` if several requests were given the same one. */
export type Origin = HttpOrigin | SocketOrigin | typeof SHARED;

/** The origin of a context that was made for several requests. */
export const SHARED = 'shared';

/** Express's response, or Fastify's reply. */
export interface HttpResponse {
  readonly raw?: { readonly headersSent: boolean };
  readonly headersSent?: boolean;
  header(name: string, value: string | string[]): unknown;
}

interface Marked {
  [ORIGIN]?: Origin;
}

/** Where a context comes from, if it was made by `marked`. */
export function originOf(contextValue: unknown): Origin | undefined {
  return typeof contextValue === 'object' && contextValue !== null
    ? (contextValue as Marked)[ORIGIN]
    : undefined;
}

/**
 * Marks a context with its origin, and returns it; a context that cannot have a mark is copied.
 *
 * A context that already has the mark of another request is shared: from then on it identifies nobody.
 */
export function marked(contextValue: unknown, origin: Origin): unknown {
  if (contextValue === undefined || contextValue === null) return { [ORIGIN]: origin };
  if (typeof contextValue !== 'object') return contextValue;
  const earlier = originOf(contextValue);
  if (earlier !== undefined && !isSame(earlier, origin)) return mark(contextValue, SHARED);
  return mark(contextValue, earlier ?? origin);
}

/** A copy of a context, without its mark. */
export function copyOf(contextValue: object): object {
  const prototype = Object.getPrototypeOf(contextValue) as object | null;
  const copy = Object.assign(Object.create(prototype) as object, contextValue);
  Reflect.deleteProperty(copy, ORIGIN);
  return copy;
}

function isSame(earlier: Origin, origin: Origin): boolean {
  return (
    earlier !== SHARED &&
    origin !== SHARED &&
    'request' in earlier &&
    'request' in origin &&
    earlier.request === origin.request
  );
}

function mark(contextValue: object, origin: Origin): object {
  const context = Object.isExtensible(contextValue) ? contextValue : copyOf(contextValue);
  (context as Marked)[ORIGIN] = origin;
  return context;
}
