import { ConfigurationError } from '../errors/configuration.error.js';
import { carriesGuard } from '../policies/boot-checks.js';
import type { ContextHandler } from '../policies/handler-kinds.js';
import {
  functionsOf,
  type HostMethod,
  prototypeOf,
  type RouteHandler,
} from '../policies/route-handlers.js';
import { graphqlModules, includedBy } from './graphql-modules.js';
import type { ContextApplication } from './security-call.js';

/** Of which kinds of handlers Nest runs an application's global guards, where that differs. */
export interface GlobalGuardsRun {
  readonly rpc: boolean;
  readonly ws: boolean;
}

/** Which guards Nest runs for a handler: all, only those on it and its class, or none. */
export function guardsThatRun(
  { kind, method, controller }: RouteHandler,
  application: ContextApplication,
  { rpc, ws }: GlobalGuardsRun,
): 'all' | 'own' | 'none' {
  if (kind === 'graphql' && !isFieldGuarded(method, controller, application)) return 'none';
  return (kind === 'rpc' && !rpc) || (kind === 'ws' && !ws) ? 'own' : 'all';
}

/**
 * Refuses a handler that requires something where Nest would not run the guard for it.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertGuardRuns(
  handler: ContextHandler,
  place: HostMethod,
  application: ContextApplication,
  { rpc, isRefused }: { readonly rpc: boolean; readonly isRefused: boolean },
): void {
  const { kind, name } = handler;
  if (kind === 'graphql') return assertFieldGuarded(handler, application);
  if (kind !== 'ws' && (kind !== 'rpc' || rpc)) return;
  // Nest reads the instance's constructor: a class that wraps another may carry a guard that this one does not.
  if (carriesGuard(prototypeOf(place.host).constructor)) return;
  if (!carriesGuard(handler.handler)) refuseUnguarded(handler, place, isRefused);
  if (kind === 'rpc') assertOwnFunction(name, place);
}

function refuseUnguarded(
  { kind, type, name }: ContextHandler,
  place: HostMethod,
  isRefused: boolean,
): never {
  const unguarded = kind === 'ws' ? 'gateways everywhere' : 'the messages of a hybrid application';
  const fix = `${type.name}${kind === 'rpc' ? orInherit(place) : ''}`;
  throw isRefused
    ? new ConfigurationError(
        `${name} declares no requirement, and undeclared: 'deny' cannot refuse its callers, because Nest runs no global guards for ${unguarded}: add @Security(...), @Public() or @UseGuards(SecurityGuard) to ${fix}`,
      )
    : new ConfigurationError(
        `${name} requires something that neither it nor its class declares, but Nest runs no global guards for ${unguarded}: add @Security(...) or @UseGuards(SecurityGuard) to ${fix}`,
      );
}

/** For messages Nest calls the instance's function, with which a constructor may have replaced the class's method. */
function assertOwnFunction(name: string, place: HostMethod): void {
  const isStatic = place.host.isDependencyTreeStatic();
  if (isStatic && functionsOf(place).every(carriesGuard)) return;
  const others = isStatic
    ? 'its instance has another in its place'
    : 'an instance that is made for a message may have another in its place';
  throw new ConfigurationError(
    `${name} has its guard on a method of the class, but ${others}, for which Nest would run none: add @Security(...) or @UseGuards(SecurityGuard) to ${place.controller.name}${orInherit(place)}`,
  );
}

/** Where all handlers are made per message, Nest does not show at boot whether a server runs global guards. */
function orInherit({ host }: HostMethod): string {
  return host.isDependencyTreeStatic()
    ? ', or connect the microservice with inheritAppConfig: true and without deferInitialization before the application is initialised'
    : '';
}

/**
 * Nest runs guards for fields below the root, and for references, only where `fieldResolverEnhancers` of the module that
 * includes them says so.
 */
function isFieldGuarded(method: string, type: Function, application: ContextApplication): boolean {
  if (method !== 'FIELD' && method !== 'REFERENCE') return true;
  const modules = graphqlModules(application) as FieldsModule[];
  const isAsked = modules
    .filter((options) => includedBy(options, application)(type))
    .every(({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards'));
  return modules.length > 0 && isAsked;
}

/** The options that are read of a `GraphQLModule`. */
interface FieldsModule {
  readonly include?: readonly unknown[] | null;
  readonly fieldResolverEnhancers?: readonly unknown[];
}

function assertFieldGuarded(
  { name, method, type }: ContextHandler,
  application: ContextApplication,
): void {
  if (isFieldGuarded(method, type, application)) return;
  throw new ConfigurationError(
    `${name} requires something of its callers, but Nest runs no guards for it: set fieldResolverEnhancers: ['guards'] in every GraphQLModule.forRoot()`,
  );
}
