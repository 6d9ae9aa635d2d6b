import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  type CallAuthentication,
  forgetAuthentication,
  isDecided,
  keepAuthentication,
  withdrawAuthentication,
} from '../contexts/call-authentication.js';
import { ContextReaders } from '../contexts/context-readers.js';
import { callOf, requestOf } from '../contexts/http.reader.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import { Policies } from '../policies/policies.js';
import { ENFORCES, type Policy } from '../policies/policy.js';
import { isPromise } from '../protocol/unsettled.js';
import { hintOfCopies } from '../requirements/copies.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { authorize, ruleCallOf } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { acceptances, publishAccepted, publishRefused, refusals, type Refused } from './events.js';
import { Refusal } from './refusal.js';
import { requireNothing } from './unread-call.js';

function needModule(): never {
  throw new ConfigurationError(
    `@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module${hintOfCopies()}`,
  );
}

/** Stands for what `AuthModule` provides where that is not imported: nothing is let in. */
const WITHOUT_MODULE = Object.defineProperty({ of: needModule }, 'http', { get: needModule });

/**
 * The one guard: finds out who a request comes from, then whether they may call the handler: by scopes, and by rules.
 *
 * `AuthModule` applies it to the whole application, and `@Security` and `@Scopes` to what they
 * decorate, so that a route stays closed when a decorator or the module is missing. Running it twice in a
 * request decides once. Calls of GraphQL, WebSocket and RPC handlers are read by the `contexts` of `AuthModule`:
 * where there is no reader, it refuses handlers that require anything.
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

  /** Without `AuthModule`, as in the unit test of a controller, it can be made, and refuses. */
  constructor(
    @Optional() @Inject(Policies) policies?: Policies,
    @Optional() @Inject(ContextReaders) readers?: ContextReaders,
    // A property would be set on what stands for the guard where an audit makes no providers.
    @Optional() @Inject(ModuleRef) private readonly moduleRef?: ModuleRef,
  ) {
    this.policies = policies ?? WITHOUT_MODULE;
    this.readers = readers ?? (WITHOUT_MODULE as never);
  }

  /** @throws ConfigurationError when the application does not import `AuthModule`. */
  onModuleInit(): void {
    if (this.policies !== WITHOUT_MODULE) return;
    if (this.moduleRef === undefined) needModule();
    else atBoot(this.moduleRef, needModule);
  }

  canActivate(context: ExecutionContext): MaybePromise<boolean> {
    return context.getType() === 'http' ? this.admitRequest(context) : this.admitCall(context);
  }

  /** The usual way, which nothing has to be found for. */
  private admitRequest(context: ExecutionContext): MaybePromise<boolean> {
    const { http } = this.readers;
    const request = requestOf(context);
    // Most routes carry two guards, and the second has nothing to decide.
    if (isDecided(request, context)) return true;
    const policy = this.policies.of(context.getClass(), context.getHandler(), request);
    return this.decide(policy, callOf(request), http, context);
  }

  private admitCall(context: ExecutionContext): MaybePromise<boolean> {
    for (const reader of this.readers.of(context.getType())) {
      const admitted = this.admit(reader, context);
      if (admitted !== undefined) return admitted;
    }
    return requireNothing(this.policies, context);
  }

  /** Whether a call may go on; `undefined` where the reader does not recognise it. */
  private admit(
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<boolean> | undefined {
    let call: SecurityCall | undefined;
    let policy: Policy | null;
    try {
      call = reader.read(context);
      if (call === undefined) return undefined;
      if (isDecided(call.key, context)) return true;
      const host = call.injected ?? call.request;
      policy = this.policies.of(context.getClass(), context.getHandler(), host);
    } catch (error) {
      throw this.readers.failure(reader, error, context);
    }
    this.readers.remember(reader, context);
    return this.decide(policy, call, reader, context);
  }

  private decide(
    policy: Policy | null,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<true> {
    if (policy === null) {
      forgetAuthentication(call);
      return true;
    }
    let outcome: MaybePromise<Outcome>;
    try {
      outcome = decide(policy, call);
    } catch (error) {
      return this.fail({ error, byRule: false, accepted: [] }, policy, call, reader, context);
    }
    return outcome instanceof Promise
      ? this.settle(outcome, policy, call, reader, context)
      : this.conclude(outcome, policy, call, reader, context);
  }

  private async settle(
    outcome: Promise<Outcome>,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Promise<true> {
    let settled: Outcome;
    try {
      settled = await outcome;
    } catch (error) {
      return this.fail({ error, byRule: false, accepted: [] }, policy, call, reader, context);
    }
    return this.conclude(settled, policy, call, reader, context);
  }

  private conclude(
    outcome: Outcome,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<true> {
    if (outcome instanceof Refusal) {
      return this.refuse(outcome, false, policy, call, reader, context);
    }
    return policy.rules === undefined
      ? this.letIn(outcome, call, reader, context)
      : this.authorize(outcome, policy, call, reader, context);
  }

  /** Rules, and what they inject, may ask who it is; a call is let in once they allow it. */
  private authorize(
    outcome: CallAuthentication,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<true> {
    keepAuthentication(call, undefined, outcome);
    const settle = (refusal: Refusal | undefined) =>
      refusal === undefined
        ? this.letIn(outcome, call, reader, context)
        : this.refuse(refusal, true, policy, call, reader, context);
    const { accepted } = outcome;
    const fail = (error: unknown) =>
      this.fail({ error, byRule: true, accepted }, policy, call, reader, context);
    let refused: MaybePromise<Refusal | undefined>;
    try {
      refused = authorize(policy.rules!, outcome, ruleCallOf(outcome, call, reader, context));
    } catch (error) {
      return fail(error);
    }
    return isPromise(refused) ? refused.then(settle, fail) : settle(refused);
  }

  private letIn(
    outcome: CallAuthentication,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): true {
    keepAuthentication(call, context, outcome);
    reader.accepted?.(call, outcome.expiresAt, context);
    if (acceptances.hasSubscribers) publishAccepted(outcome, call, reader, context);
    return true;
  }

  private refuse(
    { exception, challenges, accepted }: Refusal,
    byRule: boolean,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): never {
    if (!byRule) withdrawAuthentication(call, policy, accepted.length === 0);
    if (refusals.hasSubscribers) {
      publishRefused({ error: exception, byRule, accepted }, policy, call, reader, context);
    }
    throw reader.refuse?.(exception, challenges, context) ?? exception;
  }

  /** What says nothing about the credentials. */
  private fail(
    refused: Refused,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): never {
    if (refusals.hasSubscribers) publishRefused(refused, policy, call, reader, context);
    throw this.readers.failure(reader, refused.error, context);
  }
}
