import { Injectable } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { onGlobalGuardLookup } from './global-guard-lookups.js';

/** A server of @nestjs/microservices, or a strategy of the application's own. */
interface RpcServer {
  listen(callback: Callback): unknown;
}

type Callback = (error?: unknown, ...values: unknown[]) => unknown;

/**
 * The servers of an application's microservices: which of them run its global guards, and when they begin to listen.
 *
 * A microservice that is connected to an HTTP application has its own configuration, unless it inherits the
 * application's. Nest does not say which. But while a microservice is being connected, Nest looks up the global guards of
 * its handlers: if it asks the application's configuration for them, they run.
 */
@Injectable()
export class RpcServers {
  private readonly servers = new Set<RpcServer>();
  private readonly guarded = new Set<RpcServer>();
  private connecting: RpcServer | undefined;
  private readonly checks: (() => void | Promise<void>)[] = [];

  constructor(modules: ModulesContainer, moduleRef: ModuleRef) {
    onGlobalGuardLookup(moduleRef, () => {
      if (this.connecting !== undefined) this.guarded.add(this.connecting);
    });
    modules.getRpcTargetRegistry<RpcServer>().subscribe((server) => this.watch(server));
  }

  /** Whether the application's global guards run for the messages of all its servers. `false` where none is known. */
  get runGlobalGuards(): boolean {
    return this.servers.size > 0 && this.servers.size === this.guarded.size;
  }

  /** Whether a server is being connected, for which Nest looks up guards. */
  get isConnecting(): boolean {
    return this.connecting !== undefined;
  }

  /** Adds a check to run before a server listens, which may be long before the application is initialised. */
  beforeListening(check: () => void | Promise<void>): void {
    this.checks.push(check);
  }

  private async check(): Promise<void> {
    for (const check of this.checks) await check();
  }

  private watch(server: RpcServer): void {
    this.servers.add(server);
    this.connecting = server;
    // Later look-ups of guards are not for this server.
    queueMicrotask(() => (this.connecting = undefined));
    const { listen } = server;
    server.listen = (callback) => {
      // A server throws at once what is wrong with its options, such as its port.
      this.check()
        .then(() => listen.call(server, callback))
        .catch(callback);
    };
  }
}
