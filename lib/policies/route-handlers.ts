import { PATH_METADATA } from '@nestjs/common/constants.js';
import { ContextIdFactory, type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';

/** A controller, or another provider whose methods Nest calls, as Nest holds it. */
export type Host = ReturnType<DiscoveryService['getControllers']>[number];

/** A method of a controller class that answers requests. */
export interface RouteHandler {
  /** The class as it is registered, which a decorator may have wrapped. */
  readonly controller: Function;
  readonly name: string;
  /** What the class's prototype has under the name: it carries Nest's metadata. */
  readonly handler: Function;
  readonly host: Host;
}

const scanner = new MetadataScanner();

/** The handlers of a controller, inherited ones included, as Nest's router finds them. */
export function routeHandlers(host: Host): RouteHandler[] {
  return methodsOf(host).filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler));
}

/** Every method of a host's instances. */
export function methodsOf(host: Host): RouteHandler[] {
  const prototype = prototypeOf(host);
  return scanner.getAllMethodNames(prototype).map((name) => ({
    controller: host.metatype as Function,
    name,
    handler: (prototype as Record<string, Function>)[name]!,
    host,
  }));
}

/** The name under which a class has a method. */
export function methodName(type: Function, method: Function): string | undefined {
  const prototype = type.prototype as Record<string, Function>;
  return scanner.getAllMethodNames(prototype).find((name) => prototype[name] === method);
}

/** What a host's instances inherit from; what constructs them need not say so. */
export function prototypeOf({ instance, metatype }: Host): object {
  const known = typeof instance === 'object' && instance !== null;
  return known ? Object.getPrototypeOf(instance) : (metatype as Function).prototype;
}

/** The classes by which guards may be told where a handler is: as registered, and as its instances say. */
export function classesOf(host: Host): Set<Function> {
  return new Set([host.metatype as Function, prototypeOf(host).constructor]);
}

/** The functions that Nest may call for a handler: the class's, and what its instance has in place of it. */
export function functionsOf({ name, handler, host }: RouteHandler): Set<Function> {
  const own: unknown = (host.instance as Record<string, unknown> | null | undefined)?.[name];
  return new Set(typeof own === 'function' ? [handler, own] : [handler]);
}

/**
 * Whether reading a handler from its instance gives another function each time, as some proxies do: then none that
 * Nest calls can be recognised.
 */
export function isMadeAnew({ name, host }: RouteHandler): boolean {
  const instance = host.instance as Record<string, unknown> | null | undefined;
  return instance?.[name] !== instance?.[name];
}

/** The instance that answers one request, where the host is not a singleton. */
export function instanceFor(host: Host, request: object | undefined): unknown {
  if (host.isDependencyTreeStatic()) return host.instance;
  if (request === undefined || !Object.hasOwn(request, REQUEST_CONTEXT_ID)) return undefined;
  const contextId = ContextIdFactory.getByRequest(request as never);
  const isTreeDurable = host.isDependencyTreeDurable();
  const ofTree = contextId.getParent?.({ token: host.token as never, isTreeDurable });
  return host.getInstanceByContextId(ofTree ?? contextId).instance;
}
