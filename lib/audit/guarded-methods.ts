import { problemOf } from '../policies/problems.js';
import {
  ALL_KINDS,
  type HostMethod,
  prototypeOf,
  type RouteHandler,
} from '../policies/route-handlers.js';
import { anonymous } from '../requirements/algebra.js';
import { classDeclarations, methodDeclarations } from '../requirements/declared-method.js';

/** Whether a method is called as a handler: of its class, or of one that extends it. */
export function isCalled(
  { controller, name, handler }: HostMethod,
  handlers: readonly RouteHandler[],
): boolean {
  return (
    ALL_KINDS.some((recognise) => recognise(handler, controller, name) !== undefined) ||
    handlers.some(
      (other) =>
        other.name === name &&
        (other.controller === controller || other.controller.prototype instanceof controller),
    )
  );
}

/** Whether a class, or one that extends it, has handlers. */
export function hasHandlers(type: Function, handlers: readonly RouteHandler[]): boolean {
  return handlers.some(
    ({ controller }) => controller === type || controller.prototype instanceof type,
  );
}

/** Whether the nearest requirement of a method is none, as with `@Public()`. */
export function isDeclaredOpen({ controller, name, host }: HostMethod): boolean {
  const method = { type: controller, prototype: prototypeOf(host), name };
  let isOpen = false;
  // What contradicts itself stops no boot where it is not enforced.
  problemOf(() => {
    const declarations = [...methodDeclarations(method), ...classDeclarations(method)];
    const nearest = declarations.find(({ requirement }) => requirement !== undefined);
    isOpen = nearest?.requirement === anonymous;
  });
  return isOpen;
}

/** A warning about classes and methods, if there are any. */
export function warningOf(what: string, names: readonly string[], fix: string): string[] {
  return names.length === 0 ? [] : [`${what}: ${[...new Set(names)].join(', ')}. ${fix}`];
}

/** The name of a method in warnings. */
export function nameOf({ controller, name }: HostMethod): string {
  return `${controller.name}.${name}`;
}
