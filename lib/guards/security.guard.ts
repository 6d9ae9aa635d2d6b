import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SecurityException } from '../errors/security.exception.js';
import { Policies } from '../requirements/policies.js';
import type { Policy } from '../requirements/policy.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { authenticate } from './authenticate.js';
import { Refusal } from './refusal.js';
import {
  attachAuthentication,
  authenticationOf,
  type RequestAuthentication,
} from './request-authentication.js';

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
export class SecurityGuard implements CanActivate {
  constructor(
    private readonly policies: Policies,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  canActivate(context: ExecutionContext): MaybePromise<boolean> {
    if (context.getType() !== 'http') return this.requireNothing(context);
    const request = context.getArgByIndex<SecurityRequest>(0);
    // All guards of a request are asked with one context.
    if (authenticationOf(request)?.context === context) return true;
    const policy = this.policyOf(context);
    if (policy === null) return true;
    const decision = authenticate(policy, request);
    return decision instanceof Promise
      ? this.settle(decision, context)
      : this.apply(decision, context);
  }

  private async settle(
    decision: Promise<RequestAuthentication | Refusal>,
    context: ExecutionContext,
  ): Promise<boolean> {
    return this.apply(await decision, context);
  }

  private apply(decision: RequestAuthentication | Refusal, context: ExecutionContext): true {
    if (decision instanceof Refusal) {
      this.writeHeaders(decision, context.getArgByIndex(1));
      throw decision.exception;
    }
    attachAuthentication(context.getArgByIndex(0), decision, context);
    return true;
  }

  private writeHeaders({ challenges, exception }: Refusal, response: unknown): void {
    const { httpAdapter } = this.adapterHost;
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    if (challenges.length > 0) {
      // Both adapters take a list, which becomes a line for each challenge; Nest's type knows of one only.
      httpAdapter.setHeader(response, 'WWW-Authenticate', [...challenges] as unknown as string);
    }
    if (!(exception instanceof SecurityException)) return;
    for (const [name, value] of Object.entries(exception.headers)) {
      httpAdapter.setHeader(response, name, value);
    }
  }

  /** There is no reader of credentials for other contexts yet: what needs any is refused. */
  private requireNothing(context: ExecutionContext): true {
    const policy = this.policyOf(context);
    if (policy === null || (policy.anonymous && policy.schemes.length === 0)) return true;
    throw new ConfigurationError(
      `${context.getClass().name}.${context.getHandler().name} requires credentials, which cannot be read in a ${context.getType()} context`,
    );
  }

  private policyOf(context: ExecutionContext): Policy | null {
    return this.policies.of(context.getClass(), context.getHandler());
  }
}
