import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import {
  type CallAuthentication,
  forgetAuthentication,
  isDecided,
  keepAuthentication,
  scopeList,
} from '../contexts/call-authentication.js';
import { ContextReaders } from '../contexts/context-readers.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { Policies } from '../policies/policies.js';
import { ENFORCES, type Policy } from '../policies/policy.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { hintOfCopies } from '../requirements/copies.js';
import { isPromise } from './attempt.js';
import { authorize } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { acceptances, publishAccepted, publishRefused, refusals, type Refused } from './events.js';
import { Refusal } from './refusal.js';

/** Stands for what `AuthModule` provides where that is not imported: nothing is let in. */
const WITHOUT_MODULE = {
  of(): never {
    throw new ConfigurationError(
      `@Security(), @Scopes() and @Public() need AuthModule: import AuthModule.forRoot() in the root module${hintOfCopies()}`,
    );
  },
};

/**
 * The one guard: finds out who a request comes from, then whether they may call the handler: by scopes, and by rules.
 *
 * `AuthModule` applies it to the whole application, and `@Security` and `@Scopes` to what they
 * decorate, so that a route stays closed when a decorator or the module is missing. Running it twice in a
 * request decides once. It does not read GraphQL, WebSocket or RPC contexts: it refuses handlers that
 * require anything there.
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
  private readonly readers: Pick<ContextReaders, 'of'>;

  /** Without `AuthModule`, as in the unit test of a controller, it can be made, and refuses. */
  constructor(
    @Optional() @Inject(Policies) policies?: Policies,
    @Optional() @Inject(ContextReaders) readers?: ContextReaders,
  ) {
    this.policies = policies ?? WITHOUT_MODULE;
    this.readers = readers ?? WITHOUT_MODULE;
  }

  /** @throws ConfigurationError when the application does not import `AuthModule`. */
  onModuleInit(): void {
    if (this.policies === WITHOUT_MODULE) WITHOUT_MODULE.of();
  }

  canActivate(context: ExecutionContext): MaybePromise<boolean> {
    const reader = this.readers.of(context);
    const call = reader?.read(context);
    if (reader === undefined || call === undefined) return this.requireNothing(context);
    if (isDecided(call.key, context)) return true;
    const policy = this.policies.of(context.getClass(), context.getHandler(), call.request);
    if (policy === null) {
      forgetAuthentication(call.key);
      return true;
    }
    let outcome: MaybePromise<Outcome>;
    try {
      outcome = decide(policy, call.request);
    } catch (error) {
      return fail({ error, byRule: false, accepted: [] }, policy, call, context);
    }
    return isPromise(outcome)
      ? outcome.then(
          (settled) => this.conclude(settled, policy, call, reader, context),
          (error: unknown) => fail({ error, byRule: false, accepted: [] }, policy, call, context),
        )
      : this.conclude(outcome, policy, call, reader, context);
  }

  private conclude(
    outcome: Outcome,
    policy: Policy,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<true> {
    if (outcome instanceof Refusal) {
      return refuse(outcome, false, policy, call, reader, context);
    }
    if (policy.rules === undefined) return letIn(outcome, call, context);
    // Rules, and what they inject, may ask who it is; a call is let in once they allow it.
    keepAuthentication(call.key, undefined, outcome);
    const settle = (refusal: Refusal | undefined) =>
      refusal === undefined
        ? letIn(outcome, call, context)
        : refuse(refusal, true, policy, call, reader, context);
    const failed = (error: unknown) =>
      fail({ error, byRule: true, accepted: outcome.accepted }, policy, call, context);
    let refused: MaybePromise<Refusal | undefined>;
    try {
      refused = authorize(policy.rules, outcome, ruleCallOf(outcome, call, reader, context));
    } catch (error) {
      return failed(error);
    }
    return isPromise(refused) ? refused.then(settle, failed) : settle(refused);
  }

  /** Nobody can read the call's credentials: what needs any is refused. */
  private requireNothing(context: ExecutionContext): true {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy === null || (policy.anonymous && policy.schemes.length === 0)) return true;
    throw new ConfigurationError(
      `${context.getClass().name}.${context.getHandler().name} requires credentials, which cannot be read in a ${context.getType()} context`,
    );
  }
}

function letIn(outcome: CallAuthentication, call: SecurityCall, context: ExecutionContext): true {
  keepAuthentication(call.key, context, outcome);
  if (acceptances.hasSubscribers) publishAccepted(outcome, call, context);
  return true;
}

function refuse(
  { exception, challenges, accepted }: Refusal,
  byRule: boolean,
  policy: Policy,
  call: SecurityCall,
  reader: ContextReader,
  context: ExecutionContext,
): never {
  if (refusals.hasSubscribers) {
    publishRefused({ error: exception, byRule, accepted }, policy, call, context);
  }
  throw reader.refuse(exception, challenges, context);
}

/** What says nothing about the credentials goes out as it is. */
function fail(
  refused: Refused,
  policy: Policy,
  call: SecurityCall,
  context: ExecutionContext,
): never {
  if (refusals.hasSubscribers) publishRefused(refused, policy, call, context);
  throw refused.error;
}

/** What rules decide by. Those of one call are asked about the same object. */
function ruleCallOf(
  { own }: CallAuthentication,
  { request }: SecurityCall,
  reader: ContextReader,
  context: ExecutionContext,
): RuleCall {
  return Object.freeze({
    user: own[0]!.user,
    scopes: new Set(own.flatMap(({ scopes }) => scopeList(scopes))),
    request,
    params: (reader.params?.(context) ?? {}) as RuleCall['params'],
    context,
  });
}
