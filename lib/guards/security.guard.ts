import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
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
import { ENFORCES } from '../policies/policy.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { isPromise } from './attempt.js';
import { authorize } from './authorize.js';
import { decide, type Outcome } from './decide.js';
import { Refusal } from './refusal.js';

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
export class SecurityGuard implements CanActivate {
  // Tells the boot check that whatever carries this guard must be under a policy.
  static readonly [ENFORCES] = true;

  constructor(
    private readonly policies: Policies,
    private readonly readers: ContextReaders,
  ) {}

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
    const outcome = decide(policy, call.request);
    return isPromise(outcome)
      ? outcome.then((settled) => this.conclude(settled, call, reader, context))
      : this.conclude(outcome, call, reader, context);
  }

  private conclude(
    outcome: Outcome,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<true> {
    if (outcome instanceof Refusal) {
      throw reader.refuse(outcome.exception, outcome.challenges, context);
    }
    const { rules } = outcome.policy;
    if (rules === undefined) return this.letIn(outcome, call, context);
    // Rules, and what they inject, may ask who it is; a call is let in once they allow it.
    keepAuthentication(call.key, undefined, outcome);
    const refused = authorize(rules, outcome, ruleCallOf(outcome, call, reader, context));
    const settle = (refusal: Refusal | undefined) => {
      if (refusal === undefined) return this.letIn(outcome, call, context);
      throw reader.refuse(refusal.exception, refusal.challenges, context);
    };
    return isPromise(refused) ? refused.then(settle) : settle(refused);
  }

  private letIn(
    outcome: CallAuthentication,
    { key }: SecurityCall,
    context: ExecutionContext,
  ): true {
    keepAuthentication(key, context, outcome);
    return true;
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

/** What rules decide by. Those of one call are asked about the same object. */
function ruleCallOf(
  { accepted }: CallAuthentication,
  { request }: SecurityCall,
  reader: ContextReader,
  context: ExecutionContext,
): RuleCall {
  return Object.freeze({
    user: accepted[0]!.user,
    scopes: new Set(accepted.flatMap(({ scopes }) => scopeList(scopes))),
    request,
    params: (reader.params?.(context) ?? {}) as RuleCall['params'],
    context,
  });
}
