import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import {
  forgetAuthentication,
  isDecided,
  keepAuthentication,
} from '../contexts/call-authentication.js';
import { ContextReaders } from '../contexts/context-readers.js';
import type { ContextReader, SecurityCall } from '../contexts/security-call.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { Policies } from '../policies/policies.js';
import { ENFORCES } from '../policies/policy.js';
import type { MaybePromise } from '../schemes/authentication.js';
import { hintOfCopies } from '../requirements/copies.js';
import { isPromise } from './attempt.js';
import { decide, type Outcome } from './decide.js';
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
 * The one guard: finds out who a request comes from, then whether they may call the handler.
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
    const outcome = decide(policy, call.request);
    return isPromise(outcome)
      ? outcome.then((settled) => this.conclude(settled, call, reader, context))
      : this.conclude(outcome, call, reader, context);
  }

  private conclude(
    outcome: Outcome,
    { key }: SecurityCall,
    reader: ContextReader,
    context: ExecutionContext,
  ): true {
    if (outcome instanceof Refusal) {
      throw reader.refuse(outcome.exception, outcome.challenges, context);
    }
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
