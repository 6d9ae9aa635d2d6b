import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { forgetAuthentication, isDecided } from '../contexts/kept-authentications.js';
import { ContextReaders } from '../contexts/context-readers.js';
import { callOf, requestOf } from '../contexts/http.reader.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import { Policies } from '../policies/policies.js';
import { ENFORCES, type Policy } from '../policies/policy.js';
import { hintOfCopies } from '../requirements/copies.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { Admission, type Admitted, Denial, enforce } from './admission.js';
import { isUsual } from './only-scheme.js';
import { requireNothing } from './unread-call.js';

function needModule(): never {
  throw new ConfigurationError(
    `@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module, or call overrideGuard(SecurityGuard) in a test without it${hintOfCopies()}`,
  );
}

const keyNeeded = ({ type }: ContextReader): string =>
  `The reader of ${type} calls must return an object as key that is neither frozen nor sealed: the guard keeps its decision with it`;

/** Stands in for the providers of `AuthModule` where it is not imported: it throws, so that nothing is let in. */
const WITHOUT_MODULE = Object.defineProperty({ of: needModule }, 'http', { get: needModule });

/**
 * The one guard: finds out who a request comes from, then decides by scopes and rules whether they may call the
 * handler.
 *
 * `AuthModule` applies it to the whole application, and `@Security` and `@Scopes` to what they decorate, so that a
 * route stays closed when a decorator or the module is missing. Where it runs twice in a request, it decides once.
 * Calls of GraphQL, WebSocket and RPC handlers are read by the `contexts` of `AuthModule`: without a reader for a call,
 * it refuses handlers that require anything.
 *
 * @example
 * ```ts
 * import { Controller, Get, UseGuards } from '@nestjs/common';
 * import { SecurityGuard } from 'nestjs-security';
 *
 * @Controller('health')
 * @UseGuards(SecurityGuard)
 * export class HealthController {
 *   @Get()
 *   check() {
 *     return 'ok';
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class SecurityGuard implements CanActivate, OnModuleInit {
  // Tells the boot check that whatever carries this guard must be under a policy.
  static readonly [ENFORCES] = true;

  private readonly policies: Pick<Policies, 'of'>;
  private readonly readers: Pick<ContextReaders, 'http' | 'of' | 'failure' | 'remember'>;
  private readonly admission: Admission;

  /** Without `AuthModule`, as in the unit test of a controller, the guard can be made, and refuses every call. */
  constructor(
    @Optional() @Inject(Policies) policies?: Policies,
    @Optional() @Inject(ContextReaders) readers?: ContextReaders,
    // Injected by constructor: an audit without providers has a placeholder for the guard, on which a property would be
    // set.
    @Optional() @Inject(ModuleRef) private readonly moduleRef?: ModuleRef,
  ) {
    this.policies = policies ?? WITHOUT_MODULE;
    this.readers = readers ?? (WITHOUT_MODULE as never);
    this.admission = new Admission(this.readers);
  }

  /** @throws ConfigurationError when the application does not import `AuthModule`. */
  onModuleInit(): void {
    if (this.policies !== WITHOUT_MODULE) return;
    if (this.moduleRef === undefined) needModule();
    else atBoot(this.moduleRef, needModule);
  }

  canActivate(context: ExecutionContext): MaybePromise<boolean> {
    const isRequest = context.getType() === 'http';
    const admitted = isRequest ? this.admitRequest(context) : this.admitCall(context);
    return enforce(admitted);
  }

  /** The fast path for HTTP, whose reader need not be looked up. */
  private admitRequest(context: ExecutionContext): Admitted | Promise<true> {
    const { http } = this.readers;
    const request = requestOf(context);
    // The guard runs twice for most routes; the second time the decision is known.
    if (isDecided(request, context)) return true;
    const policy = this.policies.of(context.getClass(), context.getHandler(), request);
    return isUsual(policy, http)
      ? this.admission.decideUsual(policy, request, context)
      : this.decideUnusual(policy, request, context);
  }

  private decideUnusual(
    policy: Policy | null,
    request: SecurityRequest,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    return this.decide(policy, callOf(request), this.readers.http, context);
  }

  private admitCall(context: ExecutionContext): Admitted | Promise<true> {
    const readers = this.readers.of(context.getType());
    for (const reader of readers) {
      const admitted = this.admit(reader, context);
      if (admitted !== undefined) return admitted;
    }
    return requireNothing(this.policies, context, readers.length > 0);
  }

  /** Whether a call may go on; `undefined` where the reader does not recognise it. */
  private admit(
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> | undefined {
    let call: SecurityCall | undefined;
    let policy: Policy | null;
    try {
      call = reader.read(context);
      if (call === undefined) return undefined;
      if (!Object.isExtensible(call.key)) throw new ConfigurationError(keyNeeded(reader));
      if (isDecided(call.key, context)) return true;
      const host = call.injected ?? call.request;
      policy = this.policies.of(context.getClass(), context.getHandler(), host);
    } catch (error) {
      return new Denial(this.readers.failure(reader, error, context));
    }
    this.readers.remember(context);
    return this.decide(policy, call, reader, context);
  }

  private decide(
    policy: Policy | null,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Admitted | Promise<true> {
    if (policy !== null) return this.admission.decide({ policy, call, reader, context });
    forgetAuthentication(call);
    return true;
  }
}
