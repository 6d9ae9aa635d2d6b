import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  Logger,
} from '@nestjs/common';
import {
  forgetAuthentication,
  isDecided,
  keepAuthentication,
} from '../contexts/call-authentication.js';
import { ContextReaders } from '../contexts/context-readers.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import { Policies } from '../policies/policies.js';
import { ENFORCES } from '../policies/policy.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { isPromise } from './attempt.js';
import { decide, type Outcome } from './decide.js';
import { Refusal } from './refusal.js';

const logger = new Logger('SecurityGuard');

/**
 * The one guard: finds out who a request comes from, then whether they may call the handler.
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
export class SecurityGuard implements CanActivate {
  // Tells the boot check that whatever carries this guard must be under a policy.
  static readonly [ENFORCES] = true;

  constructor(
    private readonly policies: Policies,
    private readonly readers: ContextReaders,
  ) {}

  canActivate(context: ExecutionContext): MaybePromise<boolean> {
    const readers = this.readers.of(context.getType());
    for (let index = 0; index < readers.length; index++) {
      const admitted = this.admit(readers[index]!, context);
      if (admitted !== undefined) return admitted;
    }
    return this.requireNothing(context);
  }

  /** Whether a call may go on; `undefined` where the reader does not recognise it. */
  private admit(
    reader: ContextReader,
    context: ExecutionContext,
  ): MaybePromise<boolean> | undefined {
    let call: SecurityCall | undefined;
    let outcome: MaybePromise<Outcome>;
    try {
      call = reader.read(context);
      if (call === undefined) return undefined;
      if (isDecided(call.key, context)) return true;
      const policy = this.policies.of(context.getClass(), context.getHandler(), call.request);
      if (policy === null) {
        forgetAuthentication(call.key);
        return true;
      }
      outcome = decide(policy, call);
    } catch (error) {
      throw this.readers.refuse(reader, error, [], context);
    }
    return isPromise(outcome)
      ? this.settle(outcome, call, reader, context)
      : this.conclude(outcome, call, reader, context);
  }

  private async settle(
    outcome: Promise<Outcome>,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): Promise<true> {
    let settled: Outcome;
    try {
      settled = await outcome;
    } catch (error) {
      throw this.readers.refuse(reader, error, [], context);
    }
    return this.conclude(settled, call, reader, context);
  }

  private conclude(
    outcome: Outcome,
    call: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): true {
    if (outcome instanceof Refusal) {
      throw this.readers.refuse(reader, outcome.exception, outcome.challenges, context);
    }
    keepAuthentication(call, context, outcome);
    this.readers.remember(reader, context);
    reader.accepted?.(call, outcome.expiresAt, context);
    return true;
  }

  /** Nobody can read the call's credentials: what needs any is refused, without a word on what it is. */
  private requireNothing(context: ExecutionContext): true {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy === null || (policy.anonymous && policy.schemes.length === 0)) return true;
    logger.error(
      `${context.getClass().name}.${context.getHandler().name} requires credentials, which nobody can read in this ${context.getType()} call: add a reader of it to contexts in AuthModule.forRoot()`,
    );
    throw new ForbiddenException();
  }
}
