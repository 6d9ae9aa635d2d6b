import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { ContextReader } from '../contexts/security-call.js';
import { functionMetadata } from './function-metadata.js';

/** How a transport calls a handler, as audits show it. */
export interface HandlerKind {
  /** As `ExecutionContext.getType()` names it. */
  readonly kind: string;
  /** What audits say instead, where others are of the same kind. Default: `kind`. */
  readonly audited?: string;
  /** Such as `QUERY`, `FIELD`, `MESSAGE` or `RPC`; HTTP's methods are found with its paths. */
  readonly method: string;
  /** Such as `Item.secret`, `/chat "me"` or a pattern; HTTP's paths are found with its prefixes and versions. */
  readonly path: string;
}

/** A handler as context readers are told of it at boot. */
export interface ContextHandler extends HandlerKind {
  /** Such as `ItemResolver.secret`. */
  readonly name: string;
  /** Whether it requires nothing of its callers. */
  readonly isOpen: boolean;
  readonly type: Function;
  /** The method of the class's prototype. */
  readonly handler: Function;
}

/** How a method is called, if it is a handler at all. */
export type Recognise = (method: Function, type: Function, name: string) => HandlerKind | undefined;

/**
 * Whether a method resolves a field of a type that is no root type: it is reached through a guarded handler, so that
 * only what it declares itself counts.
 */
export function isBelowRoot(method: Function, type: Function): boolean {
  return (
    functionMetadata('graphql:resolve_property', method) !== undefined &&
    graphqlResolver(method, type, method.name)?.method === 'FIELD'
  );
}

/** Whether a handler is called as a field of a type that is no root type. */
export function isField({ kind, method }: HandlerKind): boolean {
  return kind === 'graphql' && method === 'FIELD';
}

/**
 * Recognise handlers of controllers. They read the metadata of Nest's optional packages, which need not be installed.
 */
export const OF_CONTROLLERS: readonly Recognise[] = [httpRoute, rpcHandler];

/** Recognise handlers of other providers. */
export const OF_PROVIDERS: readonly Recognise[] = [graphqlResolver, gatewayMessage];

/** How handlers are told from other methods. */
export interface Recognisers {
  readonly controllers: readonly Recognise[];
  readonly providers: readonly Recognise[];
}

/**
 * Recognisers for Nest's handlers and those that an application's context readers name. A method that a reader names is
 * not taken for a general message handler too.
 */
export function recognisersWith(readers: readonly ContextReader[]): Recognisers {
  if (readers.length === 0) return { controllers: OF_CONTROLLERS, providers: OF_PROVIDERS };
  const own = readers.map((reader, index): Recognise => (method, type) => {
    const called = reader.handles?.(method, type);
    // Several readers of one kind name the same handlers: each handler is to be found once.
    const isNamed = (other: ContextReader) =>
      other.type === reader.type && other.handles?.(method, type) !== undefined;
    if (called === undefined || readers.slice(0, index).some(isNamed)) return undefined;
    const { type: kind, kind: audited } = reader;
    return { kind, ...(audited !== undefined && { audited }), ...called };
  });
  const unlessNamed = (recognise: Recognise): Recognise => {
    return (...method) => {
      const found = recognise(...method);
      if (found === undefined) return undefined;
      return own.some((named) => named(...method)?.kind === found.kind) ? undefined : found;
    };
  };
  return {
    controllers: [...OF_CONTROLLERS.map(unlessNamed), ...own],
    providers: [...OF_PROVIDERS.map(unlessNamed), ...own],
  };
}

const HTTP: HandlerKind = { kind: 'http', method: '', path: '' };

function httpRoute(method: Function): HandlerKind | undefined {
  return functionMetadata(PATH_METADATA, method) === undefined ? undefined : HTTP;
}

function rpcHandler(method: Function): HandlerKind | undefined {
  const patterns = functionMetadata('microservices:pattern', method) as unknown[] | undefined;
  if (patterns === undefined) return undefined;
  return {
    kind: 'rpc',
    method: isEventHandler(method) ? 'EVENT' : 'RPC',
    path: patterns.map(patternInWords).join(', '),
  };
}

/** @nestjs/microservices: `PatternHandler.EVENT`. */
const EVENT = 2;

/** Whether a handler of messages is one of `@EventPattern()`, whose sender waits for no answer. */
export function isEventHandler(method: Function): boolean {
  return Reflect.getMetadata('microservices:handler_type', method) === EVENT;
}

function patternInWords(pattern: unknown): string {
  if (typeof pattern !== 'object' || pattern === null) return String(pattern);
  const { service, rpc } = pattern as Record<string, unknown>;
  return typeof service === 'string' && typeof rpc === 'string'
    ? `${service}/${rpc}`
    : JSON.stringify(pattern);
}

const ROOTS: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];

function graphqlResolver(method: Function, type: Function, name: string): HandlerKind | undefined {
  const root = functionMetadata('graphql:resolver_type', method);
  if (ROOTS.includes(root)) {
    return { kind: 'graphql', method: String(root).toUpperCase(), path: fieldName(method, name) };
  }
  if (functionMetadata('graphql:resolve_reference', method) === true) {
    return { kind: 'graphql', method: 'REFERENCE', path: parentName(type) };
  }
  if (functionMetadata('graphql:resolve_property', method) !== true) return undefined;
  const parent = parentName(type);
  const field = fieldName(method, name);
  // `@ResolveField()` on a root type makes a query, a mutation or a subscription.
  return ROOTS.includes(parent)
    ? { kind: 'graphql', method: parent.toUpperCase(), path: field }
    : { kind: 'graphql', method: 'FIELD', path: `${parent}.${field}` };
}

function fieldName(method: Function, name: string): string {
  return String(functionMetadata('graphql:resolver_name', method) ?? name);
}

/** The type that a resolver resolves fields of, if it is known before there is a schema. */
function parentName(type: Function): string {
  const named = functionMetadata('graphql:resolver_type', type);
  return typeof named === 'string' ? named : type.name;
}

/** The namespace or the path of a gateway; `undefined` where the class is no gateway. */
export function gatewayPlace(type: Function): string | undefined {
  return isGateway(type) ? String(placeOf(type) ?? '/') : undefined;
}

function gatewayMessage(method: Function, type: Function): HandlerKind | undefined {
  if (!isGateway(type)) return undefined;
  if (Reflect.getMetadata('websockets:message_mapping', method) !== true) return undefined;
  const place = placeOf(type);
  const message = JSON.stringify(Reflect.getMetadata('message', method));
  return {
    kind: 'ws',
    method: 'MESSAGE',
    path: place === undefined ? message : `${String(place)} ${message}`,
  };
}

function isGateway(type: Function): boolean {
  return functionMetadata('websockets:is_gateway', type) === true;
}

function placeOf(type: Function): unknown {
  const options = gatewayOptions(type);
  return options?.namespace ?? options?.path;
}

/** What `@WebSocketGateway()` says of where clients find it. */
export interface GatewayOptions {
  readonly namespace?: unknown;
  readonly path?: string;
}

/** Of a gateway; `undefined` where a class is none. */
export function gatewayOptions(type: Function): GatewayOptions | undefined {
  return Reflect.getMetadata('websockets:gateway_options', type) as GatewayOptions | undefined;
}

/** The port that a gateway asks for; 0 where it is the application's own. */
export function gatewayPort(type: Function): number {
  return Number(Reflect.getMetadata('port', type) ?? 0);
}
