import type { ContextReader } from '../contexts/security-call.js';
import { carriesGuard } from '../policies/boot-checks.js';
import { functionMetadata } from '../policies/function-metadata.js';
import { gatewayPlace } from '../policies/handler-kinds.js';
import {
  type Host,
  type HostMethod,
  isClassHost,
  methodsOf,
  typeOf,
} from '../policies/route-handlers.js';
import type { CalledHandlers } from './called-handlers.js';
import { areAllTold, isDeclaredOpen, nameOf, warningOf } from './guarded-methods.js';

/** Metadata keys of methods that packages of Nest call by themselves: schedules and event listeners. */
const ON_METHODS = ['SCHEDULER_TYPE', 'EVENT_LISTENER_METADATA'];

/** Metadata keys of classes that they call: handlers of CQRS, commands of nest-commander, and jobs of BullMQ. */
const ON_CLASSES = [
  '__commandHandler__',
  '__queryHandler__',
  '__eventsHandler__',
  'CommandBuilder:Command:Meta',
  'CommandBuilder:Subcommand:Meta',
  'bullmq:processor_metadata',
  'bullmq:queue_events_listener_metadata',
];

/** Hooks of gateways that no guard protects. `handleConnection` is not among them, as connections can be protected. */
const OF_GATEWAYS = ['afterInit', 'handleDisconnect'];

/**
 * Warns of classes and methods that carry the guard and that Nest calls without running guards.
 *
 * @param handlers Those of the application.
 * @param readers What reads its calls: one that does not tell what it handles may read calls of these too.
 */
export function unguardedCallbacks(
  hosts: readonly Host[],
  handlers: CalledHandlers,
  readers: readonly ContextReader[],
): string[] {
  const found = hosts.filter(isClassHost);
  const methods = found.flatMap((host) => methodsIn(host, handlers));
  const classes = found.flatMap((host) => classIn(host, handlers));
  const isAlone = (method: HostMethod) => !handlers.include(method);
  const only = [...classes, ...methods.filter(isAlone).map(nameOf)];
  const both = methods.filter((method) => !isAlone(method)).map(nameOf);
  return [
    ...warningOf(
      'Not protected, because Nest runs no guards for schedules, listeners of events, handlers of CQRS, commands, jobs and hooks of gateways',
      only,
      areAllTold(readers)
        ? 'Remove @Security(...), and protect what calls them'
        : 'Protect what calls them, and remove @Security(...) unless a reader in contexts reads calls of them too',
    ),
    ...warningOf(
      'Protected as handlers alone, because Nest runs no guards for schedules and listeners of events',
      both,
      'Give the schedule or listener a method of its own',
    ),
  ];
}

/** Whether a class is called by a package of Nest that runs no guards. */
export function isCalledByPackage(type: Function): boolean {
  return ON_CLASSES.some((key) => functionMetadata(key, type) !== undefined);
}

/** Whether a method is one that packages of Nest call without running guards. */
export function isCallback({ controller, name, handler }: HostMethod): boolean {
  return (
    isHook(controller, name) ||
    ON_METHODS.some((key) => functionMetadata(key, handler) !== undefined)
  );
}

function classIn(host: Host, handlers: CalledHandlers): string[] {
  const type = typeOf(host);
  if (!isCalledByPackage(type)) return [];
  // Of a class that has handlers too, the guard is meant for those.
  const methods = methodsOf(host);
  const isForHandlers = methods.some((method) => handlers.include(method));
  const isGuarded = methods.some(
    (method) =>
      (carriesGuard(method.handler) || (carriesGuard(type) && !isForHandlers)) &&
      !handlers.include(method) &&
      !isDeclaredOpen(method),
  );
  return isGuarded ? [type.name] : [];
}

function methodsIn(host: Host, handlers: CalledHandlers): HostMethod[] {
  const type = typeOf(host);
  const methods = methodsOf(host);
  const isForMethods = carriesGuard(type) && !methods.some((method) => handlers.include(method));
  return methods.filter(
    (method) =>
      (carriesGuard(method.handler) || (isForMethods && !isHook(type, method.name))) &&
      isCallback(method) &&
      !isDeclaredOpen(method),
  );
}

function isHook(type: Function, name: string): boolean {
  return OF_GATEWAYS.includes(name) && gatewayPlace(type) !== undefined;
}
