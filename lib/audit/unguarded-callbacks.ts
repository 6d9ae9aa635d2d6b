import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { carriesGuard } from '../policies/boot-checks.js';
import { gatewayPlace } from '../policies/handler-kinds.js';
import { functionMetadata } from '../policies/function-metadata.js';
import { anonymous } from '../requirements/algebra.js';
import { classDeclarations } from '../requirements/declared-method.js';
import {
  ALL_KINDS,
  type Host,
  type HostMethod,
  isClassHost,
  methodsOf,
  prototypeOf,
  type RouteHandler,
  typeOf,
} from '../policies/route-handlers.js';

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

/** Metadata that may be on anything, and does not tell who calls it. */
const OF_ANYTHING = /^(?:design:|swagger\/|__guards__$)/;

/** Metadata that Nest leaves on the class of any provider. */
const OF_ANY_CLASS =
  /^(?:__injectable__$|scope:options$|(?:self|optional):(?:paramtypes|properties_metadata)$)/;

/**
 * Warns of providers, and of methods of theirs, that carry the guard and that nothing of Nest calls as a handler.
 *
 * @param handlers Those of the application.
 */
export function unguardedMethods(
  providers: readonly Host[],
  handlers: readonly RouteHandler[],
): string[] {
  const hosts = providers.filter((host) => isClassHost(host) && !isCalledByPackage(typeOf(host)));
  const names = hosts.flatMap((host) => [
    ...(isService(host, handlers) ? [typeOf(host).name] : []),
    ...methodsOf(host)
      .filter(({ name, handler }) => carriesGuard(handler) && isPlain(handler, typeOf(host), name))
      .map(({ name }) => `${typeOf(host).name}.${name}`),
  ]);
  return names.length === 0
    ? []
    : [
        `Not protected, because nothing but the application's own code calls them, and Nest runs guards for handlers alone: ${[...new Set(names)].join(', ')}. Remove @Security(...), and protect the handlers that lead there`,
      ];
}

/**
 * Whether a class requires something itself, and neither it nor a class that extends it has anything that may be called
 * by Nest or a package.
 */
function isService(host: Host, handlers: readonly RouteHandler[]): boolean {
  const type = typeOf(host);
  if (!Reflect.hasOwnMetadata(GUARDS_METADATA, type) || !carriesGuard(type)) return false;
  const declared = classDeclarations({ type, prototype: prototypeOf(host), name: '' });
  const isOpened = declared.every(({ requirement }) => requirement === anonymous);
  const isKnown = (key: unknown) => isOfAnything(key) || OF_ANY_CLASS.test(String(key));
  return (
    !isOpened &&
    (Reflect.getMetadataKeys(type) as unknown[]).every(isKnown) &&
    methodsOf(host).every(({ name, handler }) => isPlain(handler, type, name)) &&
    handlers.every(
      ({ controller }) => controller !== type && !(controller.prototype instanceof type),
    )
  );
}

/** Whether a method has no metadata by which something may call it. */
function isPlain(method: Function, type: Function, name: string): boolean {
  if (isHook(type, name) || (name === 'handleConnection' && gatewayPlace(type) !== undefined)) {
    return false;
  }
  return (Reflect.getMetadataKeys(method) as unknown[]).every(isOfAnything);
}

function isOfAnything(key: unknown): boolean {
  return typeof key === 'symbol' || OF_ANYTHING.test(String(key));
}

/** Warns of classes and methods that carry the guard and that Nest calls without running guards. */
export function unguardedCallbacks(hosts: readonly Host[]): string[] {
  const names = hosts.filter(isClassHost).flatMap((host) => [...classIn(host), ...methodsIn(host)]);
  return names.length === 0
    ? []
    : [
        `Not protected, because Nest runs no guards for schedules, listeners of events, handlers of CQRS, commands, jobs and hooks of gateways: ${[...new Set(names)].join(', ')}. Remove @Security(...), and protect what calls them`,
      ];
}

function isCalledByPackage(type: Function): boolean {
  return ON_CLASSES.some((key) => functionMetadata(key, type) !== undefined);
}

function classIn(host: Host): string[] {
  const type = typeOf(host);
  if (!isCalledByPackage(type)) return [];
  const guarded = [type, ...methodsOf(host).map(({ handler }) => handler)].some(carriesGuard);
  return guarded ? [type.name] : [];
}

function methodsIn(host: Host): string[] {
  const type = typeOf(host);
  const methods = methodsOf(host);
  const isForMethods = carriesGuard(type) && !methods.some(isHandler);
  return methods
    .filter(({ name, handler }) =>
      isHook(type, name)
        ? carriesGuard(handler)
        : (isForMethods || carriesGuard(handler)) &&
          ON_METHODS.some((key) => functionMetadata(key, handler) !== undefined),
    )
    .map(({ name }) => `${type.name}.${name}`);
}

/** Whether a method is a handler: if a class has any, the guard on the class is meant for those. */
function isHandler({ handler, controller, name }: HostMethod): boolean {
  return ALL_KINDS.some((recognise) => recognise(handler, controller, name) !== undefined);
}

function isHook(type: Function, name: string): boolean {
  return OF_GATEWAYS.includes(name) && gatewayPlace(type) !== undefined;
}
