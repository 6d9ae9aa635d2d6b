import { carriesGuard } from '../policies/boot-checks.js';
import { gatewayPlace } from '../policies/handler-kinds.js';
import {
  type Host,
  isClassHost,
  methodsOf,
  routeHandlers,
  typeOf,
} from '../policies/route-handlers.js';

/** What packages of Nest call by themselves, by the metadata that they leave: schedules and listeners of events. */
const ON_METHODS = ['SCHEDULER_TYPE', 'EVENT_LISTENER_METADATA'];

/** The same of classes: handlers of CQRS and commands of nest-commander. */
const ON_CLASSES = [
  '__commandHandler__',
  '__queryHandler__',
  '__eventsHandler__',
  'CommandBuilder:Command:Meta',
  'CommandBuilder:Subcommand:Meta',
];

/** What Nest calls of gateways; who connects may be asked for. */
const OF_GATEWAYS = ['afterInit', 'handleDisconnect'];

/** A warning of what carries the guard and is called where Nest runs none; nothing where there is none. */
export function unguardedCallbacks(hosts: readonly Host[]): string[] {
  const names = hosts.filter(isClassHost).flatMap((host) => [...classIn(host), ...methodsIn(host)]);
  return names.length === 0
    ? []
    : [
        `Not protected, because Nest runs no guards for schedules, listeners of events, handlers of CQRS, commands and hooks of gateways: ${[...new Set(names)].join(', ')}. Remove @Security(...), and protect what calls them`,
      ];
}

function classIn(host: Host): string[] {
  const type = typeOf(host);
  if (!ON_CLASSES.some((key) => Reflect.hasMetadata(key, type))) return [];
  const guarded = [type, ...methodsOf(host).map(({ handler }) => handler)].some(carriesGuard);
  return guarded ? [type.name] : [];
}

/** Of a class with handlers of other kinds, what the class carries is meant for those. */
function methodsIn(host: Host): string[] {
  const type = typeOf(host);
  const isForMethods = carriesGuard(type) && routeHandlers(host).length === 0;
  return methodsOf(host)
    .filter(({ name, handler }) =>
      isHook(type, name)
        ? carriesGuard(handler)
        : ON_METHODS.some((key) => Reflect.hasMetadata(key, handler)) &&
          (isForMethods || carriesGuard(handler)),
    )
    .map(({ name }) => `${type.name}.${name}`);
}

function isHook(type: Function, name: string): boolean {
  return OF_GATEWAYS.includes(name) && gatewayPlace(type) !== undefined;
}
