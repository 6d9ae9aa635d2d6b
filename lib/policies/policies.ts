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
  assertGuarded,
  assertSingleModule,
  assertValidated,
} from './boot-checks.js';
import { Connections, connectionsOf, handleConnection } from './connection.js';
import { type CompiledHandler, HandlerIndex } from './handler-index.js';
import {
  isBelowRoot,
  isField,
  type Recognise,
  type Recognisers,
  recognisersWith,
} from './handler-kinds.js';
import { HandlerPolicies } from './handler-policies.js';
import type { Policy } from './policy.js';
import { NO_PROBLEMS, problemOf, throwProblems } from './problems.js';
import {
  type Host,
  isClassHost,
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
    this.index = new HandlerIndex(discovery, (handler) => this.policies.of(handler));
  }

  onModuleInit(): Promise<void> {
    return atBoot(this.moduleRef, () => this.prepare());
  }

  /** Nest calls what `onModuleInit` hooks put in place of handlers. */
  onApplicationBootstrap(): void {
    atBoot(this.moduleRef, () => this.index.recheck());
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
    const policy = this.index.get(type, handler, request);
    return policy === undefined ? this.found(type, handler, request) : policy;
  }

  /** The policy of a handler that boot did not know. */
  private found(type: Function, handler: Function, request: object | undefined): Policy | null {
    if (handler === handleConnection) return this.policies.of(connectionsOf(type, this.discovery));
    // Its module may have been loaded lazily, after boot.
    this.compileHandlers();
    return this.index.find(type, handler, request);
  }

  /**
   * Every handler of the application, its policy compiled.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  handlers(): readonly RouteHandler[] {
    this.compileHandlers();
    return [
      ...this.routesOf(this.discovery.getControllers()),
      ...this.routesOf(this.discovery.getProviders()),
    ];
  }

  /**
   * Handlers of a class that several modules provide appear once. A class that is both a controller and a provider is
   * called as either.
   */
  private routesOf(hosts: readonly Host[]): readonly RouteHandler[] {
    const known = hosts.filter((host) => this.routes.has(host));
    return [
      ...new Map(known.map((host) => [typeOf(host), this.routes.get(host)!])).values(),
    ].flat();
  }

  /**
   * The policy of something that is served without being a handler.
   *
   * @throws ConfigurationError when it is declared wrongly.
   */
  ofRequirement(requirement: Requirement, scopes: readonly string[], place: string): Policy {
    return this.policies.ofRequirement(requirement, scopes, place);
  }

  /** What a handler requires where no guarded handler leads to it: then its class and the application count too. */
  ofFirst(handler: RouteHandler): Policy | null {
    return this.policies.of(handler, false);
  }

  private compileHandlers(): void {
    this.policies.prepare();
    const { controllers, providers } = this.recognisers;
    throwProblems([
      ...this.discovery.getControllers().flatMap((host) => this.compile(host, controllers)),
      ...this.discovery.getProviders().flatMap((host) => this.compile(host, providers)),
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
    const policy = this.policies.of(route);
    if (!isField(route) && isBelowRoot(route.handler, route.controller)) {
      assertCalledAlike(route, policy, this.ofFirst(route));
    }
    if (policy === null || policy.source === ALWAYS_OPTION) assertGuarded(route, this.options);
    return policy;
  }
}

ofThisCopy(Policies);
