import type { OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { compilePolicy, type Policy, type PolicyOptions } from './policy.js';
import type { SchemeRegistry } from './scheme-registry.js';

type ControllerWrapper = ReturnType<DiscoveryService['getControllers']>[number];

/** The policy of every handler, compiled once per controller class and handler. */
export class Policies implements OnModuleInit {
  private readonly policies = new Map<Function, Map<Function, Policy | null>>();
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly options: PolicyOptions,
    private readonly registry: SchemeRegistry,
    private readonly discovery: DiscoveryService,
  ) {}

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
   * Compiles the policies of all routes.
   *
   * @throws ConfigurationError listing everything that is wrong, each with its controller and handler.
   */
  compile(): void {
    this.registry.all();
    const problems = this.discovery
      .getControllers()
      .flatMap((wrapper) => this.compileController(wrapper));
    if (problems.length === 1) throw problems[0]!;
    if (problems.length > 1) {
      throw new ConfigurationError(
        [
          `${problems.length} routes are declared wrongly:`,
          ...problems.map(({ message }) => `- ${message}`),
        ].join('\n'),
        { cause: problems },
      );
    }
  }

  private compileController({ metatype, instance }: ControllerWrapper): ConfigurationError[] {
    if (typeof metatype !== 'function') return [];
    const prototype = metatype.prototype as Record<string, Function>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      if (!Reflect.hasMetadata(PATH_METADATA, handler)) return [];
      try {
        const policy = this.compileHandler(metatype, name);
        this.remember(metatype, handler, policy);
        // A controller may have bound its handlers to itself.
        const own = (instance as Record<string, Function> | undefined)?.[name];
        if (own !== undefined && own !== handler) this.remember(metatype, own, policy);
        return [];
      } catch (error) {
        if (error instanceof ConfigurationError) return [error];
        throw error;
      }
    });
  }

  /** A handler that was no route at boot, such as one of a module that was loaded later. */
  private meet(controller: Function, handler: Function): Policy | null {
    const prototype = controller.prototype as Record<string, Function>;
    const name = this.scanner
      .getAllMethodNames(prototype)
      .find((candidate) => prototype[candidate] === handler);
    if (name === undefined) {
      throw new ConfigurationError(
        `${controller.name} has a handler that is none of its methods (${handler.name}): its security cannot be known`,
      );
    }
    const policy = this.compileHandler(controller, name);
    this.remember(controller, handler, policy);
    return policy;
  }

  private compileHandler(controller: Function, name: string): Policy | null {
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
    const handlers = this.policies.get(controller) ?? new Map<Function, Policy | null>();
    this.policies.set(controller, handlers.set(handler, policy));
  }
}
