import {
  type DynamicModule,
  type INestApplicationContext,
  Module,
  type NestModule,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { AuditedRoute } from './audit/audited-route.js';
import { auditRoutes } from './audit/route-audit.js';
import { assertList, ConfigurableModuleClass, schemeProviders } from './auth.module-definition.js';
import type { AuthModuleExtras } from './auth.options.js';
import { ContextChecks } from './contexts/context-checks.js';
import { ContextReaders } from './contexts/context-readers.js';
import { ConfigurationError } from './errors/configuration.error.js';
import { assertNothingDurableAsks } from './guards/durable-providers.js';
import { atBoot } from './policies/at-boot.js';
import { moduleProvider } from './policies/module-provider.js';
import { containerOf } from './policies/nest-container.js';
import { Policies } from './policies/policies.js';
import { hintOfCopies } from './requirements/copies.js';

/**
 * Registers the application's security schemes and enforces what its routes declare.
 *
 * Import it once, in the root module, with `forRoot` or `forRootAsync`: it is global. It does not
 * protect routes that declare nothing, unless `security` is set.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { APIKeyHeader, AuthModule } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({
 *   schemeName: 'Key',
 *   name: 'X-API-Key',
 *   validate: (value) => (value === 'a key from your store' ? { user: 'service' } : null),
 * });
 *
 * @Module({ imports: [AuthModule.forRoot({ schemes: [key], security: key })] })
 * export class AppModule {}
 * ```
 *
 * @throws ConfigurationError at boot, naming each controller, handler or scheme that is declared wrongly.
 * @publicApi
 */
@Module({})
export class AuthModule extends ConfigurableModuleClass implements NestModule, OnModuleInit {
  constructor(
    private readonly moduleRef: ModuleRef,
    @Optional() private readonly policies?: Policies,
    @Optional() private readonly readers?: ContextReaders,
    @Optional() private readonly checks?: ContextChecks,
  ) {
    super();
  }

  /** Compiles the policies: Nest calls this before it looks handlers up, when they must be known. */
  async configure(): Promise<void> {
    this.checks?.gatewaysAreSetUp();
    this.onModuleInit();
    await atBoot(this.moduleRef, async () => {
      await this.policies?.prepare();
      this.readers?.prepare();
    });
  }

  /** Checks the options here as well, since Nest does not call `configure` for microservices and bare contexts. */
  onModuleInit(): void {
    atBoot(this.moduleRef, () => {
      if (this.policies !== undefined) {
        return assertNothingDurableAsks(containerOf(this.moduleRef).getModules());
      }
      throw new ConfigurationError(
        `AuthModule is imported without its options: import AuthModule.forRoot() once, in the root module${hintOfCopies()}`,
      );
    });
  }

  /**
   * Adds a feature module's own schemes.
   *
   * @param imports Modules whose providers the schemes inject. Default: none.
   */
  static forFeature(
    schemes: AuthModuleExtras['schemes'],
    imports: AuthModuleExtras['imports'] = [],
  ): DynamicModule {
    const caller = 'AuthModule.forFeature()';
    const providers = schemeProviders(schemes, caller);
    assertList(imports, 'imports', caller);
    return { module: AuthModule, imports, providers, exports: providers };
  }

  /**
   * Lists every route with the policy it is under, sorted by path.
   *
   * Prefixes and versions must have been set on the application; it need not listen.
   *
   * @example
   * ```ts
   * import type { INestApplicationContext } from '@nestjs/common';
   * import { AuthModule } from 'nestjs-security';
   *
   * export function openRoutes(app: INestApplicationContext): string[] {
   *   return AuthModule.audit(app)
   *     .filter(({ access }) => access === 'undeclared')
   *     .map(({ method, path }) => `${method} ${path}`);
   * }
   * ```
   *
   * @throws ConfigurationError when the module is not imported, or a route is declared wrongly.
   */
  static audit(app: INestApplicationContext): AuditedRoute[] {
    return auditRoutes(moduleProvider(app, Policies, 'AuthModule.audit()'), app.get(ModuleRef));
  }
}
