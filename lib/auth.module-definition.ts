import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import {
  assertOptionsObject,
  AUTH_OPTIONS,
  type AuthModuleExtras,
  type AuthModuleOptions,
  CONTEXTS,
} from './auth.options.js';
import { BootReport } from './audit/boot-report.js';
import type { ContextReader } from './contexts/security-call.js';
import { ContextChecks } from './contexts/context-checks.js';
import { ContextReaders } from './contexts/context-readers.js';
import { Foresight } from './contexts/foresight.js';
import { HttpReader } from './contexts/http.reader.js';
import { RpcServers } from './contexts/rpc-servers.js';
import { ConfigurationError } from './errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from './errors/known-options.js';
import { CurrentAuthentication } from './guards/current-authentication.js';
import { GuardForesight } from './guards/guard-foresight.js';
import { GuardOrder } from './guards/guard-order.js';
import { SecurityGuard } from './guards/security.guard.js';
import { ProtectedResourceMetadata } from './protected-resource/protected-resource-metadata.js';
import { Policies } from './policies/policies.js';
import { RuleRegistry } from './policies/rule-registry.js';
import { SchemeRegistry } from './policies/scheme-registry.js';
import { notARequirement, isMadeHere, ofAnotherCopy } from './requirements/copies.js';
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

for (const method of ['forRoot', 'forRootAsync'] as const) {
  const make = ConfigurableModuleClass[method] as (options: unknown) => DynamicModule;
  ConfigurableModuleClass[method] = function (this: unknown, options: unknown) {
    assertOptionsObject(options, `AuthModule.${method}()`);
    if (method === 'forRootAsync') assertAsyncOptions(options as AsyncOptions);
    return make.call(this, options);
  };
}

export { ConfigurableModuleClass };

type AsyncOptions = Parameters<typeof ConfigurableModuleClass.forRootAsync>[0];

const ASYNC_OPTIONS = {
  useFactory: true,
  useClass: true,
  useExisting: true,
  inject: true,
  provideInjectionTokensFrom: true,
  schemes: true,
  imports: true,
  contexts: true,
} satisfies OptionNames<AsyncOptions>;

function assertAsyncOptions(options: AsyncOptions): void {
  assertKnownOptions('AuthModule.forRootAsync()', options, ASYNC_OPTIONS);
  const { useFactory, useClass, useExisting } = options;
  if ([useFactory, useClass, useExisting].some((made) => typeof made === 'function')) return;
  throw new ConfigurationError(
    'AuthModule.forRootAsync() needs useFactory, useClass or useExisting, which gives its options. If it is undefined, two files import each other',
  );
}

/** The schemes as providers: classes by their own token, ready instances by an anonymous one. */
export function schemeProviders(schemes: AuthModuleExtras['schemes'], caller: string): Provider[] {
  assertList(schemes, 'schemes', caller);
  return schemes.map((scheme, index) => {
    if (!isSchemeReference(scheme)) {
      throw new ConfigurationError(`${caller}: schemes[${index}] ${notARequirement(scheme)}`);
    }
    return scheme instanceof SecurityScheme
      ? { provide: Symbol(scheme.schemeName), useValue: scheme }
      : (scheme as Type<SecurityScheme>);
  });
}

/** Refuses an option that is not a list, or has an empty element, as where two files import each other. */
export function assertList(list: unknown, option: string, caller: string): void {
  if (!Array.isArray(list)) {
    throw new ConfigurationError(
      `${caller}: ${option} must be a list. If it is undefined, two files import each other, or it is set to undefined: leave it out where there are none`,
    );
  }
  const missing = list.findIndex((one) => one === undefined || one === null);
  if (missing === -1 || option === 'schemes') return;
  throw new ConfigurationError(
    `${caller}: ${option}[${missing}] is ${String(list[missing])}: two files import each other`,
  );
}

const NOT_A_READER = 'is no reader of calls: call what makes it, such as graphql()';

function assertReaders(readers: readonly Partial<ContextReader>[], caller: string): void {
  assertList(readers, 'contexts', caller);
  for (const [index, reader] of readers.entries()) {
    const isReader = typeof reader.type === 'string' && typeof reader.read === 'function';
    const wrong = isReader ? (ofAnotherCopy(reader) ?? wrongHandles(reader)) : NOT_A_READER;
    if (wrong === undefined) continue;
    throw new ConfigurationError(`${caller}: contexts[${index}] ${wrong}`);
  }
  assertDistinct(readers as readonly ContextReader[], caller);
}

/** Refuses two readers of this package for the same calls: the first would read all, and the options of the second none. */
function assertDistinct(readers: readonly ContextReader[], caller: string): void {
  for (const [index, reader] of readers.entries()) {
    // Several of a kind of their own, such as `mcp()`, each know which calls are theirs.
    const isSame = (other: ContextReader) =>
      other.type === reader.type && other.kind === undefined && isMadeHere(other);
    const first = readers.findIndex(isSame);
    if (!isSame(reader) || first === index) continue;
    throw new ConfigurationError(
      `${caller}: contexts[${first}] and contexts[${index}] both read ${reader.type} calls, of which the first would read all: list one, with all of its options`,
    );
  }
}

/** What is wrong with `handles`, to follow the name of its reader: no transport calls a method of this file. */
function wrongHandles(reader: Partial<ContextReader>): string | undefined {
  class Uncalled {
    uncalled(): void {}
  }
  return reader.handles?.(Uncalled.prototype.uncalled, Uncalled) === undefined
    ? undefined
    : 'handles every method: let handles() return undefined for methods that the transport does not call';
}

/** What an application has whatever its schemes are. */
const PROVIDERS: readonly Provider[] = [
  SchemeRegistry,
  RuleRegistry,
  Policies,
  BootReport,
  CurrentAuthentication,
  HttpReader,
  RpcServers,
  ContextReaders,
  ContextChecks,
  { provide: Foresight, useClass: GuardForesight },
  SecurityGuard,
  { provide: APP_GUARD, useExisting: SecurityGuard },
  GuardOrder,
  ProtectedResourceMetadata,
];

function withSchemes(definition: DynamicModule, extras: AuthModuleExtras): DynamicModule {
  const caller = 'AuthModule.forRoot()';
  const schemes = schemeProviders(extras.schemes, caller);
  assertList(extras.imports, 'imports', caller);
  assertReaders(extras.contexts, caller);
  return {
    ...definition,
    global: true,
    imports: [DiscoveryModule, TokenEndpointModule, ...(definition.imports ?? extras.imports)],
    providers: [
      ...(definition.providers ?? []),
      ...schemes,
      { provide: CONTEXTS, useValue: extras.contexts },
      ...PROVIDERS,
    ],
    exports: [...schemes, Policies, ContextReaders, SchemeRegistry, CurrentAuthentication],
  };
}
