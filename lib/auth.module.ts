import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurableModuleClass, schemeProviders } from './auth.module-definition.js';
import type { AuthModuleExtras } from './auth.options.js';

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
export class AuthModule extends ConfigurableModuleClass {
  /**
   * Adds a feature module's own schemes.
   *
   * @param imports Modules whose providers the schemes inject. Default: none.
   */
  static forFeature(
    schemes: AuthModuleExtras['schemes'],
    imports: AuthModuleExtras['imports'] = [],
  ): DynamicModule {
    const providers = schemeProviders(schemes, 'AuthModule.forFeature()');
    return { module: AuthModule, imports, providers, exports: providers };
  }
}
