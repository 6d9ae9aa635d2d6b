import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import {
  areAlike,
  assertAlike,
  type Candidate,
  type CompiledHandler,
  nameOf,
} from './compiled-handler.js';
import {
  HANDLER,
  hostsOf,
  methodsCopied,
  methodsMarked,
  methodsNamed,
  originalOf,
  unknownHandler,
} from './met-functions.js';
import type { Policy } from './policy.js';
import {
  classesOf,
  functionsOf,
  type Host,
  instanceFor,
  isMadeAnew,
  methodName,
  methodsOf,
  type HostMethod,
  routeHandlers,
} from './route-handlers.js';

/** A handler as it is looked up. */
interface KnownHandler extends CompiledHandler {
  /**
   * All handlers of its class, where instances are made per request and the handlers are under different policies: an
   * instance may then have put the function of one handler in the place of another. Absent otherwise.
   */
  readonly changing?: readonly CompiledHandler[];
}

/** The methods of classes, by the functions that instances have in their place. */
const METHODS = new WeakMap<Function, Function>();

/** The name of the method that a handler is, or stands in for as far as boot knows. */
export function declaredName(type: Function, handler: Function): string {
  return (
    methodName(type, METHODS.get(handler) ?? handler) ?? handler.name.replace(/^(?:bound )+/, '')
  );
}

/**
 * Finds policies by what a guard is told about a handler: a class and a function.
 *
 * Either may differ from what was declared: decorators wrap classes, tracing and caching wrap functions, and
 * controllers bind their methods. A call is refused where its handler cannot be determined.
 */
export class HandlerIndex {
  private readonly known = new Map<Function, Map<Function, KnownHandler>>();
  private readonly added: (readonly CompiledHandler[])[] = [];
  /** The policies of functions that were found only after boot. The map is weak, so that they can be collected. */
  private readonly met = new WeakMap<Function, Map<Function, Policy | null>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly policyOf: (handler: HostMethod) => Policy | null,
    private readonly assertDeclared: (handler: HostMethod, policy: Policy | null) => void,
  ) {}

  /**
   * Adds the handlers of one controller.
   *
   * @throws ConfigurationError where a request could not tell which of two declarations it is under.
   */
  add(handlers: readonly CompiledHandler[]): void {
    this.added.push(handlers);
    this.index(handlers);
    const anew = handlers.find(({ route }) => isMadeAnew(route));
    if (anew === undefined || areAlike(handlers)) return;
    throw new ConfigurationError(
      `${nameOf(anew)} is another function each time it is read, so that a request cannot tell it from the other handlers of its class, which require something else: wrap the methods of the class, not of its instances`,
    );
  }

  /**
   * Indexes the functions that instances have by now: hooks may have replaced methods since boot began.
   *
   * @throws ConfigurationError where a function has been put in place of one under another declaration.
   */
  recheck(): void {
    for (const handlers of this.added) {
      if (!this.isKnown(handlers)) this.index(handlers);
    }
  }

  private index(handlers: readonly CompiledHandler[]): void {
    const [first] = handlers;
    if (first === undefined) return;
    const { instance } = first.route.host;
    const changing = areChanging(handlers) ? handlers : undefined;
    const byClass = classesIn(handlers).map((type) => this.handlersOf(type));
    for (const compiled of handlers) {
      const known = changing === undefined ? compiled : { ...compiled, changing };
      for (const handler of functionsOf(compiled.route, instance)) {
        Reflect.defineMetadata(HANDLER, handler, handler);
        if (handler !== compiled.route.handler) METHODS.set(handler, compiled.route.handler);
        for (const ofClass of byClass) addTo(ofClass, handler, known);
      }
    }
  }

  private handlersOf(type: Function): Map<Function, KnownHandler> {
    const known = this.known.get(type) ?? new Map<Function, KnownHandler>();
    this.known.set(type, known);
    return known;
  }

  /** Whether all functions of a controller's handlers are indexed already, as is nearly always so. */
  private isKnown(handlers: readonly CompiledHandler[]): boolean {
    const instance: unknown = handlers[0]?.route.host.instance;
    return classesIn(handlers).every((type) => {
      const known = this.known.get(type);
      return handlers.every(({ route }) =>
        functionsOf(route, instance).every((handler) => known?.get(handler)?.route === route),
      );
    });
  }

  /** A handler as boot knew it. */
  get(type: Function, handler: Function): KnownHandler | undefined {
    return this.known.get(type)?.get(handler);
  }

  /**
   * The policy of a handler that boot did not know, as it was found since, or of one that may change.
   *
   * @param request The request that the call is for.
   */
  current(
    type: Function,
    handler: Function,
    request: object | undefined,
  ): Policy | null | undefined {
    const known = this.get(type, handler);
    if (known === undefined) return this.met.get(handler)?.get(type);
    return known.changing !== undefined && isChanged(known.changing, handler, request)
      ? undefined
      : known.policy;
  }

  /**
   * The policy of a function that boot did not know.
   *
   * @throws ConfigurationError when it cannot be told which handler it is, or it must declare something and does not.
   */
  find(type: Function, handler: Function, request: object | undefined): Policy | null {
    const hosts = hostsOf(type, handler, this.discovery);
    const found = this.candidates(type, handler, request, hosts);
    const [first] = found;
    if (first === undefined || !areAlike(found)) throw unknownHandler(type, handler);
    const { policy } = first;
    // Of several, only the function tells which one is called.
    const name = found.length === 1 ? first.route.name : declaredName(type, handler);
    found.forEach((each) => this.assertDeclared({ ...each.route, name }, each.policy));
    // An instance that is made per request has functions of its own, which no later call has.
    if (hosts.every((host) => host.isDependencyTreeStatic())) this.remember(type, handler, policy);
    return policy;
  }

  /** All that a function may be. */
  private candidates(
    type: Function,
    handler: Function,
    request: object | undefined,
    hosts: readonly Host[],
  ): Candidate[] {
    const compiled = (methods: readonly HostMethod[]) =>
      methods.map((route) => ({ route, policy: this.policyOf(route) }));
    const named = hosts.flatMap((host) => methodsNamed(host, handler, request));
    if (named.length > 0) return compiled(named);
    const wrapped = this.wrapped(type, handler, hosts);
    if (wrapped !== undefined) return wrapped;
    const copied = hosts.flatMap((host) => methodsCopied(host, handler, request));
    if (copied.length > 0) return compiled(copied);
    const known = this.ofClass(type);
    const others = hosts.flatMap(known.length > 0 ? methodsMarked : methodsOf);
    return [...known, ...compiled(others), ...this.elsewhere(handler)];
  }

  /**
   * The handler that a function wraps, as its metadata tells. `undefined` where some handler of the class is now a
   * wrapper of another handler: then metadata cannot be relied on.
   */
  private wrapped(
    type: Function,
    handler: Function,
    hosts: readonly Host[],
  ): Candidate[] | undefined {
    const known = this.known.get(type);
    const compiled = known?.get(originalOf(handler) ?? handler);
    if (compiled === undefined) return undefined;
    const isTrue = hosts
      .flatMap((host) => routeHandlers(host))
      .every((route) =>
        functionsOf(route).every((current) => {
          const original = known!.get(originalOf(current) ?? current);
          return original === undefined || original.route.name === route.name;
        }),
      );
    return isTrue ? [compiled] : undefined;
  }

  /** All handlers of a class: if their policies are the same, it does not matter which of them was called. */
  private ofClass(type: Function): Candidate[] {
    return [...(this.known.get(type)?.values() ?? [])];
  }

  /** A function, or what it wraps, in other classes: an instance's `constructor` may name the wrong class. */
  private elsewhere(handler: Function): Candidate[] {
    const original = originalOf(handler) ?? handler;
    return [...this.known.values()].flatMap((handlers) => {
      const known = handlers.get(original);
      return known === undefined ? [] : [known];
    });
  }

  private remember(type: Function, handler: Function, policy: Policy | null): void {
    const types = this.met.get(handler) ?? new Map<Function, Policy | null>();
    this.met.set(handler, types.set(type, policy));
  }
}

/** Of the handlers of one controller. */
function classesIn(handlers: readonly CompiledHandler[]): Function[] {
  const [first] = handlers;
  return first === undefined ? [] : [...classesOf(first.route.host)];
}

function addTo(
  known: Map<Function, KnownHandler>,
  handler: Function,
  compiled: KnownHandler,
): void {
  const other = known.get(handler);
  if (other !== undefined) assertAlike(other, compiled);
  known.set(handler, compiled);
}

function areChanging(handlers: readonly CompiledHandler[]): boolean {
  const isPerRequest = handlers[0]?.route.host.isDependencyTreeStatic() === false;
  return isPerRequest && !areAlike(handlers);
}

/** Whether the instance of a request has a function in another handler's place than its class has. */
function isChanged(
  handlers: readonly CompiledHandler[],
  handler: Function,
  request: object | undefined,
): boolean {
  const { host } = handlers[0]!.route;
  const instance = instanceFor(host, request) as Record<string, unknown> | null | undefined;
  if (instance === undefined || instance === null) return false;
  for (const { route } of handlers) {
    if ((instance[route.name] === handler) !== (route.handler === handler)) return true;
  }
  return false;
}
