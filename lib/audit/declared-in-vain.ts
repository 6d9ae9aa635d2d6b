import { carriesGuard } from '../policies/boot-checks.js';
import {
  type Host,
  type HostMethod,
  isClassHost,
  methodsOf,
  prototypeOf,
  type RouteHandler,
  typeOf,
} from '../policies/route-handlers.js';
import { originsOf, ownDeclaration } from '../requirements/declaration.js';
import type { CalledHandlers } from './called-handlers.js';
import { isDeclaredOpen, isPlain, nameOf, warningOf } from './guarded-methods.js';
import { isCallback, isCalledByPackage } from './unguarded-callbacks.js';

/**
 * Warns of methods of controllers that declare something, where no handler is such a method or has been made of it: as
 * above a decorator that makes the handlers of what stands below it. Warns as well of controllers that declare something
 * and have no handler at all.
 *
 * @param handlers Those of the application.
 */
export function declaredInVain(controllers: readonly Host[], handlers: CalledHandlers): string[] {
  const hosts = controllers.filter((host) => isClassHost(host) && !isCalledByPackage(typeOf(host)));
  return [...onMethods(hosts.flatMap(methodsOf), handlers), ...onClasses(hosts, handlers)];
}

function onMethods(methods: readonly HostMethod[], handlers: CalledHandlers): string[] {
  const called = new Set(handlers.all.map(({ handler }) => handler));
  const names = methods
    .filter((method) => !called.has(method.handler) && declaresSomething(method))
    .filter((method) => !isCallback(method))
    // A package that runs guards calls it, and may do so because of its declaration.
    .filter((method) => isPlain(method) || !isDeclaredOpen(method))
    .filter((method) => !handlers.all.some((handler) => isMadeOf(handler, method)))
    .map(nameOf);
  return warningOf(
    'Declared in vain, because these methods of controllers are no handlers, and none has what they declare',
    names,
    'Write it below the decorator that makes the handlers, or on the method that is one. If a package calls these methods, find out whether it runs guards',
  );
}

function onClasses(hosts: readonly Host[], handlers: CalledHandlers): string[] {
  const guards = (method: HostMethod) => !isCallback(method) && !isDeclaredOpen(method);
  const names = hosts
    // Nearly all have handlers of their own.
    .filter((host) => !handlers.areOf(typeOf(host)) && carriesGuard(typeOf(host)))
    .filter((host) => !handlers.areBelow(typeOf(host)))
    .filter((host) => methodsOf(host).some(guards))
    .map((host) => typeOf(host).name);
  return warningOf(
    'Declared in vain, because Nest calls no method of these controllers',
    names,
    'If a package calls them without guards, nothing protects them: check credentials by what it offers for that',
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
