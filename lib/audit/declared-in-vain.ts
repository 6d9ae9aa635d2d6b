import {
  type Host,
  type HostMethod,
  isClassHost,
  methodsOf,
  prototypeOf,
  type RouteHandler,
} from '../policies/route-handlers.js';
import { originsOf, ownDeclaration } from '../requirements/declaration.js';
import { isDeclaredOpen, isPlain, nameOf, warningOf } from './guarded-methods.js';
import { isCallback, isCalledByPackage } from './unguarded-callbacks.js';

/**
 * Warns of methods of controllers that declare something, where no handler is such a method or has been made of it: as
 * above a decorator that makes the handlers of what stands below it.
 *
 * @param handlers Those of the application.
 */
export function declaredInVain(
  controllers: readonly Host[],
  handlers: readonly RouteHandler[],
): string[] {
  const methods = controllers.filter((host) => isClassHost(host)).flatMap(methodsOf);
  const called = new Set(handlers.map(({ handler }) => handler));
  const names = methods
    .filter((method) => !called.has(method.handler) && declaresSomething(method))
    .filter((method) => !isCallback(method) && !isCalledByPackage(method.controller))
    // A package that runs guards calls it, and may do so because of its declaration.
    .filter((method) => isPlain(method) || !isDeclaredOpen(method))
    .filter((method) => !handlers.some((handler) => isMadeOf(handler, method)))
    .map(nameOf);
  return warningOf(
    'Declared in vain, because these methods of controllers are no handlers, and none has what they declare',
    names,
    'Write it below the decorator that makes the handlers, or on the method that is one. If a package calls these methods, find out whether it runs guards',
  );
}

function declaresSomething({ host, name }: HostMethod): boolean {
  return ownDeclaration([prototypeOf(host), name]) !== undefined;
}

/** Whether a handler has what a method declares: it overrides the method, or is a copy of it. */
function isMadeOf(handler: RouteHandler, { host, name }: HostMethod): boolean {
  const prototype = prototypeOf(host);
  const own = prototypeOf(handler.host);
  const isOfClass = own === prototype || Object.prototype.isPrototypeOf.call(prototype, own);
  return (
    (handler.name === name && isOfClass) ||
    originsOf(handler.handler).some(([place, property]) => place === prototype && property === name)
  );
}
