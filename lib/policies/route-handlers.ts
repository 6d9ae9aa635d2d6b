import { ContextIdFactory, type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';
import { OF_CONTROLLERS, type HandlerKind, OF_PROVIDERS, type Recognise } from './handler-kinds.js';

/** A controller, or another provider whose methods Nest calls, as Nest holds it. */
export type Host = ReturnType<DiscoveryService['getControllers']>[number];

/** A method that Nest calls for a request, a query or a message. */
export interface RouteHandler extends HandlerKind {
  /** The class as it is registered, which a decorator may have wrapped. */
  readonly controller: Function;
  readonly name: string;
  /** What the class's prototype has under the name: it carries Nest's metadata. */
  readonly handler: Function;
  readonly host: Host;
}

/** Whatever Nest calls. */
export const ALL_KINDS = [...OF_CONTROLLERS, ...OF_PROVIDERS];

/** The names of a class's methods, and how many members it had when they were found. */
interface FoundNames {
  readonly names: string[];
  readonly members: number;
}

/** By prototype, held weakly: Nest makes some classes for one application alone, and a scanner keeps all it has seen. */
const METHOD_NAMES = new WeakMap<object, FoundNames>();

/**
 * The handlers of a host as Nest finds them, inherited ones included. A method that is called in two ways appears
 * twice.
 */
export function routeHandlers(
  host: Host,
  recognisers: readonly Recognise[] = ALL_KINDS,
): RouteHandler[] {
  const routes: RouteHandler[] = [];
  const controller = typeOf(host);
  const prototype = prototypeOf(host);
  // Plain loops: chained arrays for every method of an application would be much garbage.
  for (const name of methodNames(prototype)) {
    const handler = (prototype as Record<string, Function>)[name]!;
    for (const recognise of recognisers) {
      const kind = recognise(handler, controller, name);
      if (kind !== undefined) routes.push({ controller, name, handler, host, ...kind });
    }
  }
  return routes;
}

/**
 * The names of a class's methods, inherited ones included: what has been found once is remembered until it has more, as
 * where a package adds handlers for each application of a process.
 */
export function methodNames(prototype: object | null | undefined): string[] {
  // A bound class has none, and a constructor may return an object without one.
  if (prototype === null || prototype === undefined) return [];
  const known = METHOD_NAMES.get(prototype);
  const members = countMembers(prototype);
  if (known?.members === members) return known.names;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  METHOD_NAMES.set(prototype, { names, members });
  return names;
}

function countMembers(prototype: object): number {
  let count = 0;
  for (let level: object | null = prototype; level !== null && level !== Object.prototype;) {
    count += Object.getOwnPropertyNames(level).length;
    level = Object.getPrototypeOf(level) as object | null;
  }
  return count;
}

/** A method of a host's class, whether or not Nest calls it. */
export type HostMethod = Omit<RouteHandler, keyof HandlerKind>;

/** Every method of a host's instances. */
export function methodsOf(host: Host): HostMethod[] {
  const controller = typeOf(host);
  const prototype = prototypeOf(host);
  return methodNames(prototype).map((name) => ({
    controller,
    name,
    handler: (prototype as Record<string, Function>)[name]!,
    host,
  }));
}

/** The name under which a class has a method. */
export function methodName(type: Function, method: Function): string | undefined {
  const prototype = type.prototype as Record<string, Function>;
  return methodNames(prototype).find((name) => prototype[name] === method);
}

/** Whether the methods of a host's instances are known: from its class, or from an instance that exists. */
export function isClassHost(host: Host): boolean {
  if (isOfItsClass(host)) return true;
  const { instance } = host as { readonly instance: unknown };
  if (typeof instance !== 'object' || instance === null) return false;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return typeof prototype?.constructor === 'function';
}

/**
 * Whether Nest constructs the registered class itself. It does not for values, nor for factories, which may return
 * anything.
 */
function isOfItsClass(host: Host): boolean {
  const { metatype, inject } = host as Host & { readonly inject?: unknown };
  return typeof metatype === 'function' && inject === undefined;
}

/** The registered class of a host; for values and what factories made, the class of the instance. */
export function typeOf(host: Host): Function {
  return isOfItsClass(host) ? (host.metatype as Function) : prototypeOf(host).constructor;
}

/** The prototype of a host's instances: a constructor may return something of another class. */
export function prototypeOf({ instance, metatype }: Host): object {
  const known = typeof instance === 'object' && instance !== null;
  return known ? Object.getPrototypeOf(instance) : (metatype as Function).prototype;
}

/** The classes that guards may be given for a host: the registered one, and the constructor of its instances. */
export function classesOf(host: Host): Set<Function> {
  return new Set([typeOf(host), prototypeOf(host).constructor]);
}

/**
 * The functions that Nest may call for a handler: the method of the class, and what its instance has in place of it.
 */
export function functionsOf(
  { name, handler, host }: HostMethod,
  instance: unknown = host.instance,
): readonly Function[] {
  const own: unknown = (instance as Record<string, unknown> | null | undefined)?.[name];
  return typeof own === 'function' && own !== handler ? [handler, own] : [handler];
}

/**
 * Whether reading a handler from its instance gives another function each time, as with some proxies: then the function
 * that Nest calls can never be recognised.
 */
export function isMadeAnew({ name, host }: HostMethod): boolean {
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
