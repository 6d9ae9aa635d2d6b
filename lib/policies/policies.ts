import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  AUTH_OPTIONS,
  assertAuthOptions,
  type AuthModuleOptions,
  CONTEXTS,
} from '../auth.options.js';
import type { ContextReader } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import {
  declarationsOf,
  type DeclaredMethod,
  isDeclared,
  type PlacedDeclaration,
} from '../requirements/declaration.js';
import { isRequirement, NOT_A_REQUIREMENT, type Requirement } from '../requirements/requirement.js';
import { Always, ALWAYS_OPTION } from './always.js';
import {
  assertGuarded,
  assertParametersFit,
  assertSingleModule,
  assertValidated,
} from './boot-checks.js';
import { connectionsOf, handleConnection } from './connection.js';
import { type CompiledHandler, HandlerIndex } from './handler-index.js';
import { compilePolicy, demandsSame, type Policy } from './policy.js';
import { CONTROLLER_KINDS, isBelowRoot, PROVIDER_KINDS, type Recognise } from './handler-kinds.js';
import {
  type Host,
  type HostMethod,
  isClassHost,
  prototypeOf,
  type RouteHandler,
  routeHandlers,
  typeOf,
} from './route-handlers.js';
import { RuleRegistry } from './rule-registry.js';
import { SchemeRegistry } from './scheme-registry.js';

/** The application's default is no concern of what is reached through something that it concerns. */
const NO_DEFAULT: AuthModuleOptions = { security: undefined as never, undeclared: 'allow' };

/** The policy of every handler, compiled once for each controller and handler. */
@Injectable()
export class Policies implements OnModuleInit {
  private readonly index: HandlerIndex;
  private readonly routes = new Map<Host, readonly RouteHandler[]>();
  /** What classes require of the handlers that declare nothing themselves, which are most. */
  private readonly shared = new Map<Host, Policy | null>();
  private always: Always | undefined;

  private readonly recognisers: Readonly<Record<'controllers' | 'providers', readonly Recognise[]>>;

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly registry: SchemeRegistry,
    private readonly rules: RuleRegistry,
    private readonly discovery: DiscoveryService,
    @Inject(CONTEXTS) contexts: readonly ContextReader[],
  ) {
    assertAuthOptions(options);
    const own = contexts.map((reader): Recognise => (method, type) => {
      const called = reader.handles?.(method, type);
      return called && { kind: reader.type, ...called };
    });
    this.recognisers = {
      controllers: [...CONTROLLER_KINDS, ...own],
      providers: [...PROVIDER_KINDS, ...own],
    };
    this.index = new HandlerIndex(discovery, (handler) => this.policyOf(handler));
  }

  onModuleInit(): Promise<void> {
    return this.prepare();
  }

  /** Compiles everything; Nest 12 looks handlers up before it calls `onModuleInit`. */
  async prepare(): Promise<void> {
    assertSingleModule(this.discovery, Policies);
    await this.registry.prepare();
    await this.rules.prepare();
    assertValidated(this.registry.all(), this.options);
    this.handlers();
  }

  /**
   * The policy of a handler, or `null` where neither it nor the application declares one.
   *
   * @param request Whose controller it may be, where controllers are made per request.
   * @throws ConfigurationError when it is a handler of which boot knew nothing and that cannot be told.
   */
  of(type: Function, handler: Function, request?: object): Policy | null {
    const policy = this.index.get(type, handler);
    if (policy !== undefined) return policy;
    if (handler === handleConnection) return this.policyOf(connectionsOf(type, this.discovery));
    // Of a module that was loaded since, perhaps.
    this.handlers();
    return this.index.find(type, handler, request);
  }

  /**
   * Every handler of the application, its policy compiled.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  handlers(): readonly RouteHandler[] {
    this.registry.all();
    this.always ??= Always.of(this.options, (reference) => this.registry.get(reference));
    const { controllers, providers } = this.recognisers;
    const problems = [
      ...this.discovery.getControllers().flatMap((host) => this.compile(host, controllers)),
      ...this.discovery.getProviders().flatMap((host) => this.compile(host, providers)),
    ];
    if (problems.length === 1) throw problems[0]!;
    if (problems.length > 1) {
      const messages = problems.map(({ message }) => `- ${message}`);
      throw new ConfigurationError(
        [`${problems.length} handlers are declared wrongly:`, ...messages].join('\n'),
        { cause: problems },
      );
    }
    return [
      ...new Map([...this.routes].map(([host, routes]) => [typeOf(host), routes])).values(),
    ].flat();
  }

  /**
   * The policy of what is served beside the handlers.
   *
   * @throws ConfigurationError when it is declared wrongly.
   */
  ofRequirement(requirement: Requirement, scopes: readonly string[], place: string): Policy {
    if (!isRequirement(requirement)) {
      throw new ConfigurationError(`${place}: its security ${NOT_A_REQUIREMENT}`);
    }
    try {
      return compilePolicy(
        [{ requirement, scopes, place }],
        this.options,
        (reference) => this.registry.get(reference),
        (reference) => this.rules.get(reference, undefined),
      )!;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationError(`${place} ${error.message}`, { cause: error });
    }
  }

  private compile(host: Host, recognisers: readonly Recognise[]): ConfigurationError[] {
    if (this.routes.has(host) || !isClassHost(host)) return [];
    const routes = routeHandlers(host, recognisers);
    const compiled: CompiledHandler[] = [];
    const problems = routes.flatMap((route) =>
      problemOf(() => {
        const policy = this.policyOf(route);
        if (policy === null || policy.source === ALWAYS_OPTION) assertGuarded(route, this.options);
        compiled.push({ route, policy });
      }),
    );
    if (problems.length > 0) return problems;
    this.routes.set(host, routes);
    return problemOf(() => this.index.add(compiled));
  }

  private policyOf(handler: HostMethod): Policy | null {
    const { controller, name, host } = handler;
    const standsAlone = isBelowRoot(handler.handler, controller);
    const method = { type: controller, prototype: prototypeOf(host), name, standsAlone };
    try {
      const own =
        standsAlone || isDeclared(method)
          ? this.compilePolicy(method, host)
          : this.sharedPolicy(method, host);
      const isBeside = this.always !== undefined && !standsAlone;
      const policy = isBeside ? this.always!.beside(own) : own;
      assertParametersFit(handler, own, policy);
      return policy;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      // Its message is all there is to it: as a cause it would be printed again.
      throw new ConfigurationError(`${controller.name}.${name} ${error.message}`);
    }
  }

  private sharedPolicy(method: DeclaredMethod, host: Host): Policy | null {
    const shared = this.shared.get(host);
    if (shared !== undefined) return shared;
    const policy = this.compilePolicy(method, host);
    this.shared.set(host, policy);
    return policy;
  }

  /** A copy takes along what its original requires, but opens nothing, as either may be the copy. */
  private compilePolicy(method: DeclaredMethod, host: Host): Policy | null {
    const declarations = this.withoutOpening(declarationsOf(method), method, host);
    const own = declarations.filter(({ copied }) => copied !== true);
    const policy = this.policyFor(own, method, host);
    if (own.length === declarations.length) return policy;
    const whole = this.policyFor(declarations, method, host);
    if (policy === null) return whole === null || whole.anonymous ? null : whole;
    if (demandsSame(policy, whole)) return policy;
    const places = declarations.filter(({ copied }) => copied).map(({ place }) => place);
    throw new ConfigurationError(
      `is one function with ${places.join(', ')}, which requires something else: declare on both what each requires, or give each a method of its own`,
    );
  }

  /** Nor does a class open anything of which there is but the `constructor`, by a mixin. */
  private withoutOpening(
    declarations: readonly PlacedDeclaration[],
    method: DeclaredMethod,
    host: Host,
  ): readonly PlacedDeclaration[] {
    const own = declarations.filter(({ lent }) => lent !== true);
    if (own.length === declarations.length) return declarations;
    return this.policyFor(declarations, method, host)?.anonymous ? own : declarations;
  }

  private policyFor(
    declarations: readonly PlacedDeclaration[],
    { standsAlone = false }: DeclaredMethod,
    { host }: Host,
  ): Policy | null {
    return compilePolicy(
      declarations,
      standsAlone ? { ...this.options, ...NO_DEFAULT } : this.options,
      (reference) => this.registry.get(reference),
      (reference) => this.rules.get(reference, host),
    );
  }
}

function problemOf(check: () => void): ConfigurationError[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return [error];
    throw error;
  }
}
