import {
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  InternalServerErrorException,
  IntrinsicException,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { CONTEXTS } from '../auth.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import type { ContextHandler } from '../policies/handler-kinds.js';
import { Policies } from '../policies/policies.js';
import { isDenied, isOpen } from '../policies/policy.js';
import { type Host, isClassHost, type RouteHandler, typeOf } from '../policies/route-handlers.js';
import { assertGuardRuns, guardsThatRun } from './assert-guard-runs.js';
import { GatewayGuards } from './gateway-guards.js';
import { HttpReader, requestOf } from './http.reader.js';
import { missingReader } from './known-readers.js';
import { RpcServers } from './rpc-servers.js';
import type { ContextApplication, ContextReader, SecurityCall } from './security-call.js';

const logger = new Logger('SecurityGuard');

/** By handler and by class: the readers of their application, for parameter decorators, which inject nothing. */
const READ_BY = new WeakMap<Function, ContextReaders>();

/** Finds the reader that can read a call for the guard. */
@Injectable()
export class ContextReaders implements OnModuleInit {
  private readonly byType = new Map<string, readonly ContextReader[]>();
  private readonly gateways: GatewayGuards;
  private readonly application: ContextApplication = {
    get: (token: unknown) => this.provided(token) as never,
  };

  constructor(
    /** The only reader of HTTP requests, unless the application adds its own. */
    readonly http: HttpReader,
    @Inject(CONTEXTS) readers: readonly ContextReader[],
    private readonly policies: Policies,
    private readonly moduleRef: ModuleRef,
    private readonly rpcServers: RpcServers,
    discovery: DiscoveryService,
  ) {
    this.gateways = new GatewayGuards(moduleRef, rpcServers);
    rpcServers.beforeListening(() =>
      atBoot(moduleRef, async () => {
        await policies.prepareMessages();
        this.prepare(this.of('rpc'));
        this.assertEnforceable('rpc');
      }),
    );
    const controllers = typesOf(discovery.getControllers());
    const providers = typesOf(discovery.getProviders());
    for (const reader of [http, ...readers]) {
      this.byType.set(reader.type, [...(this.byType.get(reader.type) ?? []), reader]);
      (reader as ContextReader).beforeRegistration?.(controllers, providers);
    }
  }

  async onModuleInit(): Promise<void> {
    await atBoot(this.moduleRef, async () => {
      await this.policies.prepare();
      this.assertEnforceable();
    });
  }

  /** Lets readers prepare what they need before other modules set up their servers. Default: all readers. */
  prepare(readers = this.all()): void {
    for (const reader of readers) reader.prepare?.(this.application);
  }

  /** Is called when Nest has set up gateways, and nothing else yet. */
  gatewaysAreSetUp(): void {
    this.gateways.settle();
  }

  /** The readers that may recognise a call of a type. */
  of(type: string): readonly ContextReader[] {
    return this.byType.get(type) ?? [];
  }

  /** Remembers that these are the readers of a handler's calls. */
  remember(context: ExecutionContext): void {
    // Where an instance has replaced a method, Nest tells guards of one function, and parameter decorators of the other.
    for (const place of [context.getHandler(), context.getClass()]) {
      if (READ_BY.get(place) !== this) READ_BY.set(place, this);
    }
  }

  /**
   * What to throw where a call fails for a reason that says nothing about its credentials.
   *
   * Over HTTP, exception filters answer any error. Other transports would send its message to the caller.
   */
  failure(reader: ContextReader, error: unknown, context: ExecutionContext): unknown {
    if (reader === this.http) return error;
    // An intrinsic exception has been logged where it was thrown.
    const isLogged = error instanceof HttpException || error instanceof IntrinsicException;
    if (!isLogged) logger.error(error);
    const exception = error instanceof HttpException ? error : new InternalServerErrorException();
    return reader.refuse?.(exception, [], context) ?? exception;
  }

  /**
   * Refuses handlers whose requirement nobody could enforce.
   *
   * @param only Of one kind. Default: all.
   * @throws ConfigurationError naming the handler and the fix.
   */
  assertEnforceable(only?: string): void {
    // Most handlers are HTTP routes: they need no check unless the application adds a reader of its own for HTTP.
    const isHttpOurs = this.byType.get(this.http.type)?.length === 1;
    const handlers = this.policies
      .handlers()
      .filter(({ kind }) => kind !== this.http.type || !isHttpOurs)
      .map((route) => ({ route, handler: this.contextHandlerOf(route) }));
    const closed = handlers.filter(
      ({ handler: { isOpen: open, kind } }) => !open && (only === undefined || kind === only),
    );
    for (const { route, handler } of closed) {
      const isRefused = isDenied(this.policies.of(route.controller, route.handler));
      this.assertRead(handler, isRefused);
      assertGuardRuns(handler, route, this.application, {
        isRefused,
        rpc: this.rpcRunsGlobalGuards,
      });
    }
    for (const reader of this.all().filter(({ type }) => only === undefined || type === only)) {
      const own = closed.map(({ handler }) => handler).filter(({ kind }) => kind === reader.type);
      reader.assertEnforceable?.(own, this.application);
    }
  }

  /** Which guards Nest runs for a handler: all, only those on it and its class, or none. */
  guardsThatRun(handler: RouteHandler): ReturnType<typeof guardsThatRun> {
    const globals = { rpc: this.rpcRunsGlobalGuards, ws: this.gateways.runGlobalGuards };
    return guardsThatRun(handler, this.application, globals);
  }

  private get rpcRunsGlobalGuards(): boolean {
    return !this.http.isServed || this.rpcServers.runGlobalGuards;
  }

  private all(): readonly ContextReader[] {
    return [...this.byType.values()].flat();
  }

  private assertRead({ name, kind }: ContextHandler, isRefused: boolean): void {
    if (this.of(kind).length > 0) return;
    if (isRefused) {
      throw new ConfigurationError(
        `${name} declares no requirement, and nobody reads the ${kind} calls that undeclared: 'deny' refuses: add @Public(), or @Security(...) and ${missingReader(kind)} to contexts in AuthModule.forRoot()`,
      );
    }
    throw new ConfigurationError(
      `${name} requires something of its callers, but nobody reads the credentials of ${kind} calls: add ${missingReader(kind)} to contexts in AuthModule.forRoot()`,
    );
  }

  private provided(token: unknown): unknown {
    try {
      return this.moduleRef.get(token as string, { strict: false });
    } catch {
      return undefined;
    }
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

/** The object with which the guard keeps its decision on a call, for parameter decorators, which inject nothing. */
export function keyOf(context: ExecutionContext): object | undefined {
  if (context.getType() === 'http') return requestOf(context);
  return readingOf(context)?.call.key;
}

/** A call of another transport than HTTP, and the reader that read it. */
export function readingOf(
  context: ExecutionContext,
): { readonly reader: ContextReader; readonly call: SecurityCall } | undefined {
  const known = READ_BY.get(context.getHandler()) ?? READ_BY.get(context.getClass());
  // Calls of one handler may have different readers: as for the guard, the first one that recognises the call has it.
  for (const reader of known?.of(context.getType()) ?? []) {
    const call = reader.read(context);
    if (call !== undefined) return { reader, call };
  }
  return undefined;
}

function typesOf(hosts: readonly Host[]): Function[] {
  return hosts.filter(isClassHost).map(typeOf);
}
