import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { Policy } from './policy.js';
import {
  functionsOf,
  type Host,
  type HostMethod,
  instanceFor,
  methodsOf,
} from './route-handlers.js';

/**
 * The metadata key under which each known function names itself. Wrappers copy metadata, and so name what they wrap.
 */
export const HANDLER = Symbol('nestjs-security:handler');

/** A method that a function may be, and its policy. */
export interface Candidate {
  readonly route: HostMethod;
  readonly policy: Policy | null;
}

/** The function that a known function is, or says that it wraps. */
export function originalOf(handler: Function): Function | undefined {
  return Reflect.getOwnMetadata(HANDLER, handler) as Function | undefined;
}

/**
 * Whatever makes instances of a class, or of which Nest tells a guard that it is of the class.
 *
 * @throws ConfigurationError where nothing does, as where a package makes an instance of a class that is no provider:
 * nobody has compiled what it declares, which a base class of the application may open.
 */
export function hostsOf(type: Function, handler: Function, discovery: DiscoveryService): Host[] {
  const all: readonly Host[] = [...discovery.getControllers(), ...discovery.getProviders()];
  const hosts = all.filter((host) => isHostOf(host, type));
  if (hosts.length > 0) return hosts;
  throw new ConfigurationError(
    `${type.name} is no controller or provider of the application, so that nobody could tell who may call ${handler.name}(): list it in a module`,
  );
}

/** Whether a host makes instances of a class, or of what names it as its constructor. */
export function isHostOf({ metatype, instance }: Host, type: Function): boolean {
  return metatype === type || (instance as object | null | undefined)?.constructor === type;
}

/** The methods of a host that a function is: of its class, or of the instance that answers the request. */
export function methodsNamed(
  host: Host,
  handler: Function,
  request: object | undefined,
): HostMethod[] {
  const instance = instanceFor(host, request) as Record<string, unknown> | null | undefined;
  return methodsOf(host).filter(
    (method) => method.handler === handler || instance?.[method.name] === handler,
  );
}

/**
 * The methods of a host that a function may be a copy of, as its metadata tells: packages bind methods to instances,
 * and copy to the bound function all that decorators left on the method.
 */
export function methodsCopied(
  host: Host,
  handler: Function,
  request: object | undefined,
): HostMethod[] {
  const instance = instanceFor(host, request);
  return methodsOf(host).filter((method) =>
    functionsOf(method, instance).some((current) => isMarkedAlike(current, handler)),
  );
}

/** The methods of a host that something beside the application's own code may call: those with decorators. */
export function methodsMarked(host: Host): HostMethod[] {
  return methodsOf(host).filter(({ handler }) => marksOf(handler).length > 0);
}

/** Whether two functions have the same metadata, and any at all. */
function isMarkedAlike(a: Function, b: Function): boolean {
  const marks = marksOf(a);
  return (
    marks.length > 0 &&
    marks.length === marksOf(b).length &&
    marks.every((key) => Object.is(Reflect.getMetadata(key, a), Reflect.getMetadata(key, b)))
  );
}

/** The keys of a function's metadata, but for what boot adds to handlers: a copy may be older than that. */
function marksOf(handler: Function): unknown[] {
  return (Reflect.getMetadataKeys(handler) as unknown[]).filter((key) => key !== HANDLER);
}

/** Tells that it cannot be told which handler a function is. */
export function unknownHandler(type: Function, handler: Function): ConfigurationError {
  return new ConfigurationError(
    `${type.name} has a handler that is none of its methods (${handler.name}), which require different things: its security cannot be known: give each a class of its own, or all the same requirement`,
  );
}

/** Tells that two handlers, or one in two modules, are one function and require different things. */
export function sharedFunction(a: HostMethod, b: HostMethod): ConfigurationError {
  const [one, other] = [a, b].map(({ controller, name }) => `${controller.name}.${name}`);
  if (a.controller === b.controller && a.name === b.name) {
    return new ConfigurationError(
      `${one} is a handler of several modules, which provide different rules for it, so that a request cannot tell which of them it is under: provide the rules once, in a module that these import`,
    );
  }
  return new ConfigurationError(
    `${one} and ${other} are one function under two declarations, so that a request cannot tell which of them it is under: give each a method of its own`,
  );
}
