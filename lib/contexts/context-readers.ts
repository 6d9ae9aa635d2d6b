import {
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  InternalServerErrorException,
  IntrinsicException,
  Logger,
} from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { CONTEXTS } from '../auth.options.js';
import { type Host, isClassHost, typeOf } from '../policies/route-handlers.js';
import { HttpReader, requestOf } from './http.reader.js';
import type { ContextApplication, ContextReader, SecurityCall } from './security-call.js';

const logger = new Logger('SecurityGuard');

/** By handler and by class: the readers of their application, for parameter decorators, which inject nothing. */
const READ_BY = new WeakMap<Function, ContextReaders>();

/** The readers of an application's calls: finds the one that can read a call for the guard. */
@Injectable()
export class ContextReaders {
  /** What readers may ask of the application. */
  readonly application: ContextApplication = {
    get: (token: unknown) => this.provided(token) as never,
  };

  private readonly byType = new Map<string, readonly ContextReader[]>();

  constructor(
    /** The only reader of HTTP requests, unless the application adds its own. */
    readonly http: HttpReader,
    @Inject(CONTEXTS) readers: readonly ContextReader[],
    private readonly moduleRef: ModuleRef,
    discovery: DiscoveryService,
  ) {
    const controllers = typesOf(discovery.getControllers());
    const providers = typesOf(discovery.getProviders());
    for (const reader of [http, ...readers]) {
      this.byType.set(reader.type, [...(this.byType.get(reader.type) ?? []), reader]);
      (reader as ContextReader).beforeRegistration?.(controllers, providers);
    }
  }

  /** Lets readers prepare what they need before other modules set up their servers. Default: all readers. */
  prepare(readers = this.all()): void {
    for (const reader of readers) reader.prepare?.(this.application);
  }

  all(): readonly ContextReader[] {
    return [...this.byType.values()].flat();
  }

  /** The readers that may recognise a call of a type. */
  of(type: string): readonly ContextReader[] {
    return this.byType.get(type) ?? [];
  }

  /** Remembers that these are the readers of a handler's calls. */
  remember(context: ExecutionContext): void {
    // Where an instance has replaced a method, Nest tells guards of one function, and parameter decorators of the other.
    this.rememberAt(context.getHandler());
    this.rememberAt(context.getClass());
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

  private rememberAt(place: Function): void {
    if (READ_BY.get(place) !== this) READ_BY.set(place, this);
  }

  private provided(token: unknown): unknown {
    try {
      return this.moduleRef.get(token as string, { strict: false });
    } catch {
      return undefined;
    }
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
