import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AUTH_OPTIONS, assertAuthOptions, type AuthModuleOptions } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import {
  declarationsOf,
  type DeclaredMethod,
  isDeclared,
  type PlacedDeclaration,
} from '../requirements/declaration.js';
import { Always, ALWAYS_OPTION } from './always.js';
import {
  assertGuarded,
  assertParametersFit,
  assertSingleModule,
  assertValidated,
} from './boot-checks.js';
import { type CompiledHandler, HandlerIndex } from './handler-index.js';
import { compilePolicy, demandsSame, type Policy } from './policy.js';
import { type Host, prototypeOf, type RouteHandler, routeHandlers } from './route-handlers.js';
import { RuleRegistry } from './rule-registry.js';
import { SchemeRegistry } from './scheme-registry.js';

/** The policy of every handler, compiled once for each controller and handler. */
@Injectable()
export class Policies implements OnModuleInit {
  private readonly index: HandlerIndex;
  private readonly routes = new Map<Host, readonly RouteHandler[]>();
  /** What classes require of the handlers that declare nothing themselves, which are most. */
  private readonly shared = new Map<Host, Policy | null>();
  private always: Always | undefined;

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly registry: SchemeRegistry,
    private readonly rules: RuleRegistry,
    private readonly discovery: DiscoveryService,
  ) {
    assertAuthOptions(options);
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
    // Of a module that was loaded since, perhaps.
    this.handlers();
    return this.index.find(type, handler, request);
  }

  /**
   * Every handler of the application's controllers, its policy compiled.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  handlers(): readonly RouteHandler[] {
    this.registry.all();
    this.always ??= Always.of(this.options, (reference) => this.registry.get(reference));
    const problems = this.discovery.getControllers().flatMap((host) => this.compile(host));
    if (problems.length === 1) throw problems[0]!;
    if (problems.length > 1) {
      const messages = problems.map(({ message }) => `- ${message}`);
      throw new ConfigurationError(
        [`${problems.length} routes are declared wrongly:`, ...messages].join('\n'),
      );
    }
    return [
      ...new Map([...this.routes].map(([host, routes]) => [host.metatype, routes])).values(),
    ].flat();
  }

  private compile(host: Host): ConfigurationError[] {
    if (this.routes.has(host) || typeof host.metatype !== 'function') return [];
    const routes = routeHandlers(host);
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

  private policyOf(handler: RouteHandler): Policy | null {
    const { controller, name, host } = handler;
    const method = { type: controller, prototype: prototypeOf(host), name };
    try {
      const own = isDeclared(method)
        ? this.compilePolicy(method, host)
        : this.sharedPolicy(method, host);
      const policy = this.always === undefined ? own : this.always.beside(own);
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
    const declarations = declarationsOf(method);
    const own = declarations.filter(({ copied }) => copied !== true);
    const policy = this.policyFor(own, host);
    if (own.length === declarations.length) return policy;
    const whole = this.policyFor(declarations, host);
    if (policy === null) return whole === null || whole.anonymous ? null : whole;
    if (demandsSame(policy, whole)) return policy;
    const places = declarations.filter(({ copied }) => copied).map(({ place }) => place);
    throw new ConfigurationError(
      `is one function with ${places.join(', ')}, which requires something else: declare on both what each requires, or give each a method of its own`,
    );
  }

  private policyFor(declarations: readonly PlacedDeclaration[], { host }: Host): Policy | null {
    return compilePolicy(
      declarations,
      this.options,
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
