import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ALWAYS_OPTION } from '../policies/always.js';
import { atBoot } from '../policies/at-boot.js';
import { handleConnection } from '../policies/connection.js';
import { httpAdapterOf } from '../policies/http-adapter.js';
import { applicationConfigOf, isPreviewed } from '../policies/nest-container.js';
import { Policies } from '../policies/policies.js';
import { AUTH_OPTIONS, type AuthModuleOptions, CONTEXTS } from '../auth.options.js';
import { RpcServers } from '../contexts/rpc-servers.js';
import type { ContextReader } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import { forgottenValidate } from '../schemes/forgotten-validate.js';
import { misspeltIn } from '../schemes/scheme-options.js';
import { offerAudit } from './audit-offer.js';
import { auditSummary } from './audit-table.js';
import { CalledHandlers } from './called-handlers.js';
import { declaredInVain } from './declared-in-vain.js';
import { duplicateRoutes } from './duplicate-routes.js';
import { discouragedFlows, unservedTokenUrls } from './flow-warnings.js';
import { type AuditedHandler, auditHandlers, handlerName } from './handler-audit.js';
import { exceptFor, type OtherGuards, otherGuards, uncountedRefusals } from './other-guards.js';
import { requirementInWords } from '../policies/requirement-in-words.js';
import { auditedFunctions, auditRoutes, mayBeDuplicates } from './route-audit.js';
import { unguardedCallbacks } from './unguarded-callbacks.js';
import { unguardedMethods } from './unguarded-methods.js';
import { unguardedTypes } from './unguarded-types.js';
import { type UnprotectedConnection, unprotectedConnections } from './unprotected-connections.js';
import { untoldIssuers } from './untold-issuers.js';

/** Logs, once the application is up, how its routes are protected and what looks wrong. */
@Injectable()
export class BootReport implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly policies: Policies,
    private readonly registry: SchemeRegistry,
    private readonly moduleRef: ModuleRef,
    private readonly discovery: DiscoveryService,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONTEXTS) private readonly readers: readonly ContextReader[],
    rpcServers: RpcServers,
  ) {
    rpcServers.beforeListening(() => atBoot(moduleRef, () => this.reportLateConnections()));
  }

  /** @throws ConfigurationError where what must be protected is not. */
  onApplicationBootstrap(): void {
    atBoot(this.moduleRef, () => this.report());
  }

  private report(): void {
    if (this.servesGateways) this.policies.connections.settle();
    offerAudit({
      routes: () => auditRoutes(this.policies, this.moduleRef),
      functions: () => auditedFunctions(this.policies, this.moduleRef),
    });
    const handlers = auditHandlers(this.policies);
    this.logger.log(auditSummary(handlers, 'handler'));
    const warnings = [...this.unenforced(), ...this.warnings(handlers)];
    warnings.forEach((warning) => this.logger.warn(warning));
  }

  /**
   * Reports on the gateways of a microservice of its own: Nest may set them up after this hook, but not after the
   * microservice listens.
   */
  private reportLateConnections(): void {
    if (httpAdapterOf(this.adapterHost) !== undefined) return;
    const known = unprotectedConnections(this.policies, this.options).map(({ warning }) => warning);
    this.policies.connections.settle();
    const found = unprotectedConnections(this.policies, this.options);
    const late = found.filter(({ warning }) => !known.includes(warning));
    this.refuse(late, []).forEach((warning) => this.logger.warn(warning));
  }

  /** Whether Nest has set up gateways: only where the application serves HTTP and is not previewed. */
  private get servesGateways(): boolean {
    return httpAdapterOf(this.adapterHost) !== undefined && !isPreviewed(this.moduleRef);
  }

  /** Warnings about declarations that nothing enforces. */
  private unenforced(): readonly string[] {
    const connections = unprotectedConnections(this.policies, this.options);
    return this.refuse(
      connections,
      unguardedTypes(() => this.policies.handlers(), this.discovery),
    );
  }

  /**
   * Refuses what is not protected and has to be.
   *
   * @returns warnings about the rest.
   * @throws ConfigurationError for connections that were meant to be protected or, in an application that wants
   * everything protected, for all that is found.
   */
  private refuse(
    connections: readonly UnprotectedConnection[],
    types: readonly string[],
  ): readonly string[] {
    const { security, undeclared } = this.options;
    const found = [...connections.map(({ warning }) => warning), ...types];
    const isStrict = security !== undefined || undeclared === 'throw';
    const meant = connections.filter(({ isMeant }) => isMeant).map(({ warning }) => warning);
    const refused = isStrict ? found : meant;
    if (refused.length > 0) throw new ConfigurationError(refused.join('\n'));
    return found;
  }

  private warnings(handlers: readonly AuditedHandler[]): string[] {
    const { undeclared = 'warn', allowDiscouragedFlows = false } = this.options;
    const schemes = this.registry.all().map(({ scheme }) => scheme);
    const routes = () => auditRoutes(this.policies, this.moduleRef, handlers);
    const isAmbiguous = mayBeDuplicates(handlers, this.moduleRef);
    return [
      ...(undeclared === 'warn' ? [...this.open(handlers), ...onlyAlways(handlers)] : []),
      ...schemes.flatMap((scheme) => forgottenValidate(scheme) ?? []),
      ...schemes.flatMap((scheme) => misspeltIn(scheme) ?? []),
      ...this.contradictions(handlers),
      ...uncountedRefusals(applicationConfigOf(this.moduleRef), this.options.guardsBefore),
      ...this.unguarded(),
      ...(isAmbiguous ? duplicateRoutes(routes()).map(({ message }) => message) : []),
      ...unservedTokenUrls(schemes, routes),
      ...untoldIssuers(handlers, this.options),
      ...(allowDiscouragedFlows || process.env['NODE_ENV'] !== 'production'
        ? []
        : discouragedFlows(schemes)),
    ];
  }

  private unguarded(): string[] {
    const [controllers, providers] = [
      this.discovery.getControllers(),
      this.discovery.getProviders(),
    ];
    const handlers = new CalledHandlers(this.policies.handlers());
    return [
      ...unguardedCallbacks([...controllers, ...providers], handlers, this.readers),
      ...unguardedMethods(providers, handlers, this.readers),
      ...declaredInVain(controllers, handlers),
    ];
  }

  private contradictions(handlers: readonly AuditedHandler[]): string[] {
    return handlers
      .filter((each) => each.contradiction !== undefined && !this.isGuardedOtherwise(each))
      .map(
        (each) =>
          `${handlerName(each)} requires ${requirementInWords(each.policy)} but ${each.contradiction}: remove its @ApiSecurity() or @ApiOperation({ security })`,
      );
  }

  /** Whether only other guards protect a handler: then its document may describe what they ask for. */
  private isGuardedOtherwise({ policy, route }: AuditedHandler): boolean {
    if (policy !== null) return false;
    const { global, own } = this.otherGuards(route);
    return global.length + own.length > 0;
  }

  private get otherGuards(): ReturnType<typeof otherGuards> {
    return otherGuards(applicationConfigOf(this.moduleRef), this.moduleRef);
  }

  private open(handlers: readonly AuditedHandler[]): string[] {
    // `unenforced` warns of connections.
    const open = handlers.filter(
      ({ access, route }) => access === 'undeclared' && route.handler !== handleConnection,
    );
    if (open.length === 0) return [];
    const { otherGuards: othersOf } = this;
    const others = open.map(({ route }) => othersOf(route));
    // Named once, unless Nest does not run them for some of the handlers.
    const [{ global: everywhere }] = others as [OtherGuards];
    const isEverywhere = others.every(({ global }) => global.join() === everywhere.join());
    const isNamed = isEverywhere && everywhere.length > 0;
    const except = isNamed ? `, except for the global ${everywhere.join(' and ')}` : '';
    const names = open.map((handler, index) => {
      const { global, own } = others[index]!;
      return `${handlerName(handler)}${exceptFor(isEverywhere ? own : [...new Set([...global, ...own])])}`;
    });
    return [
      `Open${except}, because nothing is declared: ${names.join(', ')}. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()`,
    ];
  }
}

function onlyAlways(handlers: readonly AuditedHandler[]): string[] {
  const undeclared = handlers.filter(({ policy }) => policy?.source === ALWAYS_OPTION);
  return undeclared.length === 0
    ? []
    : [
        `Protected by the always option alone, because nothing is declared: ${undeclared.map(handlerName).join(', ')}. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()`,
      ];
}
