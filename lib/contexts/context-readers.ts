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
import { isOpen } from '../policies/policy.js';
import { type Host, isClassHost, type RouteHandler, typeOf } from '../policies/route-handlers.js';
import { assertGuardRuns } from './assert-guard-runs.js';
import { HttpReader, requestOf } from './http.reader.js';
import { RpcServers } from './rpc-servers.js';
import type { ContextApplication, ContextReader, SecurityCall } from './security-call.js';

const logger = new Logger('SecurityGuard');

/** The reader that last read a call of a handler, or of its class, for parameter decorators: those know no application. */
const READ_BY = new WeakMap<Function, ContextReader>();

/** The door through which calls of handlers come to the guard: whoever can read one is found here. */
@Injectable()
export class ContextReaders implements OnModuleInit {
  private readonly byType = new Map<string, readonly ContextReader[]>();
  private readonly application: ContextApplication = { get: (token) => this.provided(token) };

  constructor(
    /** It alone recognises HTTP's calls. */
    readonly http: HttpReader,
    @Inject(CONTEXTS) readers: readonly ContextReader[],
    private readonly policies: Policies,
    private readonly moduleRef: ModuleRef,
    private readonly rpcServers: RpcServers,
    discovery: DiscoveryService,
  ) {
    rpcServers.beforeListening(() =>
      atBoot(moduleRef, async () => {
        await policies.prepare();
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

  /** Lets readers see to what they need, before other modules set up what they serve. Default: all of them. */
  prepare(readers = this.all()): void {
    for (const reader of readers) reader.prepare?.(this.application);
  }

  /** Those that may recognise a call of a type. */
  of(type: string): readonly ContextReader[] {
    return this.byType.get(type) ?? [];
  }

  /** Remembers who read a handler's call. */
  remember(reader: ContextReader, context: ExecutionContext): void {
    // Where an instance has another function in place of a method, the guard is told of one, and parameters of the other.
    for (const place of [context.getHandler(), context.getClass()]) {
      if (READ_BY.get(place) !== reader) READ_BY.set(place, reader);
    }
  }

  /**
   * What to throw where a call fails for a reason that says nothing about its credentials.
   *
   * HTTP's exception filters answer whatever is thrown; elsewhere a caller would be shown its text.
   */
  failure(reader: ContextReader, error: unknown, context: ExecutionContext): unknown {
    if (reader === this.http) return error;
    // An intrinsic exception was logged by whoever threw it.
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
    // Of HTTP's, which are most, there is nothing to find out unless a reader of the application's own reads them too.
    const isHttpOurs = this.byType.get(this.http.type)?.length === 1;
    const handlers = this.policies
      .handlers()
      .filter(({ kind }) => kind !== this.http.type || !isHttpOurs)
      .map((route) => ({ route, handler: this.contextHandlerOf(route) }));
    const closed = handlers.filter(
      ({ handler: { isOpen: open, kind } }) => !open && (only === undefined || kind === only),
    );
    const rpcRunsGlobalGuards = !this.http.isServed || this.rpcServers.runGlobalGuards;
    for (const { route, handler } of closed) {
      this.assertRead(handler);
      assertGuardRuns(handler, route, this.application, rpcRunsGlobalGuards);
    }
    for (const reader of this.all().filter(({ type }) => only === undefined || type === only)) {
      const own = closed.map(({ handler }) => handler).filter(({ kind }) => kind === reader.type);
      reader.assertEnforceable?.(own, this.application);
    }
  }

  private all(): readonly ContextReader[] {
    return [...this.byType.values()].flat();
  }

  private assertRead({ name, kind }: ContextHandler): void {
    if (this.of(kind).length > 0) return;
    throw new ConfigurationError(
      `${name} requires something of its callers, but nobody reads the credentials of ${kind} calls: add a reader of them to contexts in AuthModule.forRoot()`,
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

/** The object that the guard's decision on a call is kept with, for those who know no application. */
export function keyOf(context: ExecutionContext): object | undefined {
  if (context.getType() === 'http') return requestOf(context);
  return readingOf(context)?.call.key;
}

/** A call that is not HTTP's, and who read it. */
export function readingOf(
  context: ExecutionContext,
): { readonly reader: ContextReader; readonly call: SecurityCall } | undefined {
  const reader = READ_BY.get(context.getHandler()) ?? READ_BY.get(context.getClass());
  const call = reader?.read(context);
  return call && { reader: reader!, call };
}

function typesOf(hosts: readonly Host[]): Function[] {
  return hosts.filter(isClassHost).map(typeOf);
}
