import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import {
  AUTH_OPTIONS,
  assertAuthOptions,
  type AuthModuleOptions,
  CONTEXTS,
} from '../auth.options.js';
import type { ContextReader } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ofThisCopy } from '../requirements/copies.js';
import type { Requirement } from '../requirements/requirement.js';
import { ALWAYS_OPTION } from './always.js';
import { atBoot } from './at-boot.js';
import {
  assertCalledAlike,
  assertDeclared,
  assertGuarded,
  assertSingleModule,
  assertValidated,
} from './boot-checks.js';
import type { CompiledHandler } from './compiled-handler.js';
import { Connections, connectionsOf, handleConnection } from './connection.js';
import { HandlerIndex } from './handler-index.js';
import {
  isBelowRoot,
  isField,
  type Recognise,
  type Recognisers,
  recognisersWith,
} from './handler-kinds.js';
import { HandlerPolicies } from './handler-policies.js';
import { isHostOf } from './met-functions.js';
import { isOpen, type Policy } from './policy.js';
import { SecurityScheme } from '../schemes/security-scheme.js';
import { NO_PROBLEMS, problemOf, throwProblems } from './problems.js';
import {
  type Host,
  isClassHost,
  prototypeOf,
  type RouteHandler,
  routeHandlers,
  typeOf,
} from './route-handlers.js';
import { RuleRegistry } from './rule-registry.js';
import { SchemeRegistry } from './scheme-registry.js';

/** The policy of every handler, compiled once for each controller and handler. */
@Injectable()
export class Policies implements OnModuleInit, OnApplicationBootstrap {
  /** The connections to the application's gateways. */
  readonly connections: Connections;

  private readonly index: HandlerIndex;
  private readonly routes = new Map<Host, readonly RouteHandler[]>();
  private preparing: Promise<void> | undefined;
  /** The hosts that were known when Nest began to serve; `undefined` until then. */
  private served: ReadonlySet<Host> | undefined;
  /** Those that were known when the latest microservice began to listen: it serves modules that are loaded after boot. */
  private listening: ReadonlySet<Host> = new Set();

  private readonly policies: HandlerPolicies;
  private readonly recognisers: Recognisers;

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly registry: SchemeRegistry,
    private readonly rules: RuleRegistry,
    private readonly discovery: DiscoveryService,
    @Inject(CONTEXTS) contexts: readonly ContextReader[],
    private readonly moduleRef: ModuleRef,
  ) {
    assertAuthOptions(options);
    this.connections = new Connections(discovery);
    this.recognisers = recognisersWith(contexts);
    this.policies = new HandlerPolicies(options, registry, rules, this.recognisers);
    this.index = new HandlerIndex(
      discovery,
      (method) => this.policies.of(method),
      (method, policy) => assertDeclared(method, policy, options),
    );
  }

  onModuleInit(): Promise<void> {
    return atBoot(this.moduleRef, () => this.prepare());
  }

  /** Nest calls what `onModuleInit` hooks put in place of handlers. */
  onApplicationBootstrap(): void {
    atBoot(this.moduleRef, () => this.index.recheck());
    this.served = new Set(this.routes.keys());
  }

  /** Compiles everything, also for messages of modules that were loaded after boot. */
  async prepareMessages(): Promise<void> {
    await this.prepare();
    this.listening = new Set(this.routes.keys());
  }

  /** Compiles everything; Nest 12 looks handlers up before it calls `onModuleInit`. */
  prepare(): Promise<void> {
    // Hooks of one module run at the same time.
    return (this.preparing ??= this.compileAll().finally(() => (this.preparing = undefined)));
  }

  private async compileAll(): Promise<void> {
    assertSingleModule(this.discovery, Policies);
    await this.registry.prepare();
    await this.rules.prepare();
    assertValidated(this.registry.all(), this.options);
    this.compileHandlers();
    // A requirement that no handler is under was not compiled yet, and may be wrong.
    for (const name of ['security', 'always'] as const) {
      const requirement = this.options[name];
      if (requirement) this.ofRequirement(requirement, [], `AuthModule.forRoot(): ${name}`);
    }
  }

  /**
   * The policy of a handler, or `null` where neither it nor the application declares one.
   *
   * @param request The request that the call is for: its controller is looked at where controllers are made per
   * request.
   * @throws ConfigurationError when boot did not know the handler and it cannot be determined which one it is.
   */
  of(type: Function, handler: Function, request?: object): Policy | null {
    const known = this.index.get(type, handler);
    return known === undefined || known.changing !== undefined
      ? this.current(type, handler, request)
      : known.policy;
  }

  /** The policy of a handler that boot did not know, or that may change. */
  private current(type: Function, handler: Function, request: object | undefined): Policy | null {
    const policy = this.index.current(type, handler, request);
    if (policy !== undefined) return policy;
    if (handler === handleConnection) return this.policies.of(connectionsOf(type, this.discovery));
    // Its module may have been loaded lazily, after boot.
    this.compileHandlers(type);
    return this.index.find(type, handler, request);
  }

  /**
   * Every handler that the application serves, its policy compiled.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  handlers(): readonly RouteHandler[] {
    if (this.served === undefined) this.compileHandlers();
    return [
      ...this.routesOf(this.discovery.getControllers()),
      ...this.routesOf(this.discovery.getProviders()),
    ];
  }

  /** The routes of controllers that no served module has: of modules that were loaded lazily, after boot. */
  unserved(): readonly RouteHandler[] {
    const { served } = this;
    if (served === undefined) return [];
    const types = new Set([...served].map(typeOf));
    return this.discovery
      .getControllers()
      .filter((host) => isClassHost(host) && !served.has(host) && !types.has(typeOf(host)))
      .flatMap((host) => routeHandlers(host, this.recognisers.controllers));
  }

  /**
   * Handlers of a class that several modules provide appear once. A class that is both a controller and a provider appears
   * among both, since Nest calls it as either.
   */
  private routesOf(hosts: readonly Host[]): readonly RouteHandler[] {
    const { served } = this;
    const isServed = (host: Host) => served?.has(host) ?? this.routes.has(host);
    const late = hosts.filter((host) => !isServed(host) && this.listening.has(host));
    const byType = [
      ...late.map((host) => [typeOf(host), this.routes.get(host)!.filter(isMessage)] as const),
      ...hosts.filter(isServed).map((host) => [typeOf(host), this.routes.get(host)!] as const),
    ];
    return [...new Map(byType).values()].flat();
  }

  /**
   * The policy of something that is served without being a handler.
   *
   * @throws ConfigurationError when it is declared wrongly.
   */
  ofRequirement(requirement: Requirement, scopes: readonly string[], place: string): Policy {
    return this.policies.ofRequirement(requirement, scopes, place);
  }

  /**
   * Whether nothing protects a field but the root field that leads to it: it declares nothing itself, and what its class
   * or the application requires does not count for fields.
   */
  reliesOnRoot(field: RouteHandler): boolean {
    return isOpen(this.of(field.controller, field.handler)) && !isOpen(this.asEntryPoint(field));
  }

  /** What a handler requires where no guarded handler leads to it: then its class and the application count too. */
  private asEntryPoint(handler: RouteHandler): Policy | null {
    return this.policies.of(handler, false);
  }

  /** Compiles the handlers of a class. Default: of all classes. */
  private compileHandlers(type?: Function): void {
    this.policies.prepare();
    const { controllers, providers } = this.recognisers;
    const compile = (hosts: readonly Host[], recognisers: readonly Recognise[]) =>
      hosts
        .filter((host) => type === undefined || isHostOf(host, type))
        .flatMap((host) => this.compile(host, recognisers));
    throwProblems([
      ...compile(this.discovery.getControllers(), controllers),
      ...compile(
        this.discovery.getProviders().filter((host) => !isOwn(host)),
        providers,
      ),
    ]);
  }

  private compile(host: Host, recognisers: readonly Recognise[]): readonly ConfigurationError[] {
    if (this.routes.has(host) || !isClassHost(host)) return NO_PROBLEMS;
    const routes = routeHandlers(host, recognisers);
    const compiled: CompiledHandler[] = [];
    const problems: ConfigurationError[] = [];
    for (const route of routes) {
      const found = problemOf(() => compiled.push({ route, policy: this.compiledPolicy(route) }));
      if (found.length > 0) problems.push(...found);
    }
    if (problems.length > 0) return problems;
    this.routes.set(host, routes);
    return problemOf(() => this.index.add(compiled));
  }

  private compiledPolicy(route: RouteHandler): Policy | null {
    const standsAlone = isBelowRoot(route.handler, route.controller);
    const policy = this.policies.of(route, standsAlone);
    if (standsAlone && !isField(route)) {
      assertCalledAlike(route, policy, this.asEntryPoint(route));
    }
    if (policy === null || policy.source === ALWAYS_OPTION) assertGuarded(route, this.options);
    return policy;
  }
}

/** Whether a provider is one of this package, which no transport calls. Its module has the application's schemes too. */
function isOwn(provider: Host): boolean {
  if (provider.host?.providers.has(Policies) !== true) return false;
  return !isClassHost(provider) || !(prototypeOf(provider) instanceof SecurityScheme);
}

/** Whether a handler is called by a microservice. */
function isMessage({ kind }: RouteHandler): boolean {
  return kind === 'rpc';
}

ofThisCopy(Policies);
