import { PATH_METADATA } from '@nestjs/common/constants.js';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';

/** A method of a controller class that answers requests. */
export interface RouteHandler {
  readonly controller: Function;
  readonly name: string;
  readonly handler: Function;
  /** The controller's instance; for one made per request only a stand-in. */
  readonly instance: unknown;
}

const scanner = new MetadataScanner();

/** Every controller class of the application, with its instance. */
export function controllersOf(discovery: DiscoveryService): ReadonlyMap<Function, unknown> {
  return new Map(
    discovery
      .getControllers()
      .flatMap(({ metatype, instance }) =>
        typeof metatype === 'function' ? [[metatype, instance as unknown] as const] : [],
      ),
  );
}

/** The handlers of a controller class, inherited ones included. */
export function routeHandlers(controller: Function, instance: unknown): RouteHandler[] {
  return methodsOf(controller)
    .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler))
    .map((method) => ({ controller, instance, ...method }));
}

/** The name under which a class has a method, whether it is a route or not. */
export function methodName(type: Function, method: Function): string | undefined {
  return methodsOf(type).find(({ handler }) => handler === method)?.name;
}

/** The method that a controller bound to itself in its constructor, told by the name that `bind` gives. */
export function boundMethod(type: Function, method: Function): Function | undefined {
  const name = /^bound (.+)$/.exec(method.name)?.[1];
  return methodsOf(type).find((candidate) => candidate.name === name)?.handler;
}

function methodsOf(type: Function): { name: string; handler: Function }[] {
  const prototype = type.prototype as Record<string, Function>;
  return scanner.getAllMethodNames(prototype).map((name) => ({ name, handler: prototype[name]! }));
}
