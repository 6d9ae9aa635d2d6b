import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import {
  AUTH_OPTIONS,
  type AuthModuleExtras,
  type AuthModuleOptions,
  CONTEXTS,
} from './auth.options.js';
import { BootReport } from './audit/boot-report.js';
import { ContextReaders } from './contexts/context-readers.js';
import { HttpReader } from './contexts/http.reader.js';
import { RpcServers } from './contexts/rpc-servers.js';
import { ConfigurationError } from './errors/configuration.error.js';
import { CurrentAuthentication } from './guards/current-authentication.js';
import { GuardOrder } from './guards/guard-order.js';
import { SecurityGuard } from './guards/security.guard.js';
import { ProtectedResourceMetadata } from './protected-resource/protected-resource-metadata.js';
import { Policies } from './policies/policies.js';
import { RuleRegistry } from './policies/rule-registry.js';
import { SchemeRegistry } from './policies/scheme-registry.js';
import { notARequirement } from './requirements/copies.js';
import { isSchemeReference } from './requirements/requirement.js';
import { SecurityScheme } from './schemes/security-scheme.js';
import { TokenEndpointModule } from './token-endpoint/token-endpoint.module.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuthModuleOptions>({
  optionsInjectionToken: AUTH_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createAuthOptions')
  .setExtras<AuthModuleExtras>({ schemes: [], imports: [], contexts: [] }, withSchemes)
  .build();

export { ConfigurableModuleClass };

/** The schemes as providers: classes by their own token, ready instances by an anonymous one. */
export function schemeProviders(schemes: AuthModuleExtras['schemes'], caller: string): Provider[] {
  return schemes.map((scheme, index) => {
    if (!isSchemeReference(scheme)) {
      throw new ConfigurationError(`${caller}: schemes[${index}] ${notARequirement(scheme)}`);
    }
    return scheme instanceof SecurityScheme
      ? { provide: Symbol(scheme.schemeName), useValue: scheme }
      : (scheme as Type<SecurityScheme>);
  });
}

function withSchemes(definition: DynamicModule, extras: AuthModuleExtras): DynamicModule {
  const schemes = schemeProviders(extras.schemes, 'AuthModule.forRoot()');
  return {
    ...definition,
    global: true,
    imports: [DiscoveryModule, TokenEndpointModule, ...(definition.imports ?? extras.imports)],
    providers: [
      ...(definition.providers ?? []),
      ...schemes,
      { provide: CONTEXTS, useValue: extras.contexts },
      SchemeRegistry,
      RuleRegistry,
      Policies,
      BootReport,
      CurrentAuthentication,
      HttpReader,
      RpcServers,
      ContextReaders,
      SecurityGuard,
      { provide: APP_GUARD, useExisting: SecurityGuard },
      GuardOrder,
      ProtectedResourceMetadata,
    ],
    exports: [...schemes, Policies, ContextReaders, SchemeRegistry, CurrentAuthentication],
  };
}
