import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import type { ContextHandler } from '../policies/handler-kinds.js';
import { Policies } from '../policies/policies.js';
import { isDenied, isOpen } from '../policies/policy.js';
import type { RouteHandler } from '../policies/route-handlers.js';
import { assertGuardRuns, guardsThatRun } from './assert-guard-runs.js';
import { ContextReaders } from './context-readers.js';
import { GatewayGuards } from './gateway-guards.js';
import { missingReader } from './known-readers.js';
import { RpcServers } from './rpc-servers.js';

/** Checks at boot that each handler's calls are read, and that Nest runs the guard for them. */
@Injectable()
export class ContextChecks implements OnModuleInit {
  private readonly gateways: GatewayGuards;

  constructor(
    private readonly readers: ContextReaders,
    private readonly policies: Policies,
    private readonly moduleRef: ModuleRef,
    private readonly rpcServers: RpcServers,
  ) {
    this.gateways = new GatewayGuards(moduleRef, rpcServers);
    rpcServers.beforeListening(() =>
      atBoot(moduleRef, async () => {
        await policies.prepareMessages();
        readers.prepare(readers.of('rpc'));
        this.assertEnforceable('rpc');
      }),
    );
  }

  async onModuleInit(): Promise<void> {
    await atBoot(this.moduleRef, async () => {
      await this.policies.prepare();
      this.assertEnforceable();
    });
  }

  /** Is called when Nest has set up gateways, and nothing else yet. */
  gatewaysAreSetUp(): void {
    this.gateways.settle();
  }

  /**
   * Refuses handlers whose requirement nobody could enforce.
   *
   * @param only Of one kind. Default: all.
   * @throws ConfigurationError naming the handler and the fix.
   */
  assertEnforceable(only?: string): void {
    const closed = this.closedHandlers(only);
    for (const { route, handler } of closed) {
      const isRefused = isDenied(this.policies.of(route.controller, route.handler));
      this.assertRead(handler, isRefused);
      assertGuardRuns(handler, route, this.readers.application, {
        isRefused,
        rpc: this.rpcRunsGlobalGuards,
      });
    }
    const readers = only === undefined ? this.readers.all() : this.readers.of(only);
    for (const reader of readers) {
      const own = closed.map(({ handler }) => handler).filter(({ kind }) => kind === reader.type);
      reader.assertEnforceable?.(own, this.readers.application);
    }
  }

  /** Handlers that require something, without HTTP routes that only the guard reads: as most are, they need no check. */
  private closedHandlers(only: string | undefined) {
    const isHttpOurs = this.readers.of('http').length === 1;
    return this.policies
      .handlers()
      .filter(
        ({ kind }) => (only === undefined || kind === only) && !(kind === 'http' && isHttpOurs),
      )
      .map((route) => ({ route, handler: this.contextHandlerOf(route) }))
      .filter(({ handler }) => !handler.isOpen);
  }

  /** Which guards Nest runs for a handler: all, only those on it and its class, or none. */
  guardsThatRun(handler: RouteHandler): ReturnType<typeof guardsThatRun> {
    const globals = { rpc: this.rpcRunsGlobalGuards, ws: this.gateways.runGlobalGuards };
    return guardsThatRun(handler, this.readers.application, globals);
  }

  private get rpcRunsGlobalGuards(): boolean {
    return !this.readers.http.isServed || this.rpcServers.runGlobalGuards;
  }

  private assertRead({ name, kind }: ContextHandler, isRefused: boolean): void {
    if (this.readers.of(kind).length > 0) return;
    if (isRefused) {
      throw new ConfigurationError(
        `${name} declares no requirement, and nobody reads the ${kind} calls that undeclared: 'deny' refuses: add @Public(), or @Security(...) and ${missingReader(kind)} to contexts in AuthModule.forRoot()`,
      );
    }
    throw new ConfigurationError(
      `${name} requires something of its callers, but nobody reads the credentials of ${kind} calls: add ${missingReader(kind)} to contexts in AuthModule.forRoot()`,
    );
  }

  private contextHandlerOf(route: RouteHandler): ContextHandler {
    const policy = this.policies.of(route.controller, route.handler);
    return {
      name: `${route.controller.name}.${route.name}`,
      kind: route.kind,
      method: route.method,
      path: route.path,
      isOpen: isOpen(policy),
      type: route.controller,
      handler: route.handler,
    };
  }
}
