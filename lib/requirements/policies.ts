import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isDeclared } from './declaration.js';
import { compilePolicy, type Policy } from './policy.js';
import { POLICY_OPTIONS, type PolicyOptions, requirePolicyOptions } from './policy-options.js';
import {
  boundMethod,
  controllersOf,
  methodName,
  type RouteHandler,
  routeHandlers,
} from './route-handlers.js';
import { SchemeRegistry } from './scheme-registry.js';

/** The policy of every handler, compiled once per controller class and handler. */
@Injectable()
export class Policies implements OnModuleInit {
  private readonly policies = new Map<Function, Map<Function, Policy | null>>();
  private readonly routes = new Map<Function, readonly RouteHandler[]>();
  /** What controllers require of the handlers that declare nothing themselves, which are most. */
  private readonly shared = new Map<Function, Policy | null>();

  constructor(
    @Inject(POLICY_OPTIONS) private readonly options: PolicyOptions,
    private readonly registry: SchemeRegistry,
    private readonly discovery: DiscoveryService,
  ) {
    requirePolicyOptions(options);
  }

  async onModuleInit(): Promise<void> {
    await this.registry.prepare();
    this.compile();
  }

  /** The policy of a handler, or `null` where neither it nor the application declares one. */
  of(controller: Function, handler: Function): Policy | null {
    const policy = this.policies.get(controller)?.get(handler);
    return policy === undefined ? this.meet(controller, handler) : policy;
  }

  /**
   * Compiles the policies of all routes that are new, and returns all routes.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  compile(): readonly RouteHandler[] {
    this.registry.all();
    const controllers = [...controllersOf(this.discovery)];
    const problems = controllers.flatMap((controller) => this.compileController(...controller));
    if (problems.length === 1) throw problems[0]!;
    if (problems.length > 1) {
      const messages = problems.map(({ message }) => `- ${message}`);
      throw new ConfigurationError(
        [`${problems.length} routes are declared wrongly:`, ...messages].join('\n'),
        { cause: problems },
      );
    }
    return [...this.routes.values()].flat();
  }

  private compileController(controller: Function, instance: unknown): ConfigurationError[] {
    if (this.routes.has(controller)) return [];
    const routes = routeHandlers(controller, instance);
    const problems = routes.flatMap((route) => this.compileRoute(route));
    if (problems.length === 0) this.routes.set(controller, routes);
    return problems;
  }

  private compileRoute({
    controller,
    name,
    handler,
    instance,
  }: RouteHandler): ConfigurationError[] {
    try {
      const policy = this.compileHandler(controller, name);
      if (policy === null && this.options.undeclared === 'throw') {
        return [
          new ConfigurationError(
            `${controller.name}.${name} declares no requirement: add @Security(...) or @Public()`,
          ),
        ];
      }
      this.remember(controller, handler, policy);
      // A controller may have bound its handlers to itself.
      const bound = (instance as Record<string, Function> | undefined)?.[name];
      if (bound !== undefined && bound !== handler) this.remember(controller, bound, policy);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return [error];
      throw error;
    }
  }

  /** A handler that was no route at boot, such as one of a module that was loaded later. */
  private meet(controller: Function, handler: Function): Policy | null {
    const name = methodName(controller, handler);
    if (name === undefined) {
      // Not remembered: a controller that is made per request binds its handlers anew each time.
      const method = boundMethod(controller, handler);
      if (method !== undefined) return this.of(controller, method);
      throw new ConfigurationError(
        `${controller.name} has a handler that is none of its methods (${handler.name}): its security cannot be known`,
      );
    }
    const policy = this.compileHandler(controller, name);
    this.remember(controller, handler, policy);
    return policy;
  }

  private compileHandler(controller: Function, name: string): Policy | null {
    if (isDeclared(controller, name)) return this.compilePolicy(controller, name);
    const shared = this.shared.get(controller);
    if (shared !== undefined) return shared;
    const policy = this.compilePolicy(controller, name);
    this.shared.set(controller, policy);
    return policy;
  }

  private compilePolicy(controller: Function, name: string): Policy | null {
    try {
      return compilePolicy(controller, name, this.options, (reference) =>
        this.registry.get(reference),
      );
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationError(`${controller.name}.${name} ${error.message}`, { cause: error });
    }
  }

  private remember(controller: Function, handler: Function, policy: Policy | null): void {
    const handlers = this.policies.get(controller);
    if (handlers === undefined) this.policies.set(controller, new Map([[handler, policy]]));
    else handlers.set(handler, policy);
  }
}
