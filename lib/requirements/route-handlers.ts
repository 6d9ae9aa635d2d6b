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

/** The handlers of every controller class in the application, inherited ones included, each once. */
export function routeHandlers(discovery: DiscoveryService): RouteHandler[] {
  const controllers = new Map(
    discovery.getControllers().map(({ metatype, instance }) => [metatype, instance as unknown]),
  );
  return [...controllers].flatMap(([controller, instance]) =>
    typeof controller === 'function'
      ? methodsOf(controller)
          .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler))
          .map((method) => ({ controller, instance, ...method }))
      : [],
  );
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
