import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SecurityException } from '../errors/security.exception.js';
import { Policies } from '../requirements/policies.js';
import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { authenticate } from './authenticate.js';
import { Refusal } from './refusal.js';
import { withDeadline } from './deadline.js';
import { isPromise } from './maybe-promise.js';
import {
  attachAuthentication,
  authenticationOf,
  type RequestAuthentication,
} from './request-authentication.js';
import { failureOf } from './validate-failure.js';

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
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy === null) return true;
    if (context.getType() !== 'http') return requireNothing(policy, context);
    const request = context.getArgByIndex<SecurityRequest>(0);
    if (authenticationOf(request)?.policy === policy) return true;
    const decision = decide(policy, request);
    return isPromise(decision) ? this.settle(decision, context) : this.apply(decision, context);
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
    attachAuthentication(context.getArgByIndex(0), decision);
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
}

function decide(
  policy: Policy,
  request: SecurityRequest,
): MaybePromise<RequestAuthentication | Refusal> {
  return policy.perRequest ? decideScoped(policy, request) : authenticate(policy, request);
}

async function decideScoped(
  policy: Policy,
  request: SecurityRequest,
): Promise<RequestAuthentication | Refusal> {
  return authenticate(policy, request, await schemesOf(policy, request));
}

async function schemesOf(
  policy: Policy,
  request: SecurityRequest,
): Promise<ReadonlyMap<RegisteredScheme, SecurityScheme>> {
  const schemes = policy.schemes.map(
    async (entry) => [entry, await schemeOf(entry, request, policy.validateTimeout)] as const,
  );
  return new Map(await Promise.all(schemes));
}

/** What a scheme is made of may have to be waited for as well, and may be down. */
async function schemeOf(
  { scheme, resolve }: RegisteredScheme,
  request: SecurityRequest,
  timeout: number,
): Promise<SecurityScheme> {
  if (resolve === undefined) return scheme;
  const { schemeName } = scheme;
  try {
    return await withDeadline(resolve(request), timeout, `The provider of ${schemeName}`);
  } catch (error) {
    throw failureOf(error, schemeName);
  }
}

/** There is no reader of credentials for other contexts yet: what needs any is refused. */
function requireNothing(policy: Policy, context: ExecutionContext): true {
  if (policy.anonymous && policy.schemes.length === 0) return true;
  throw new ConfigurationError(
    `${context.getClass().name}.${context.getHandler().name} requires credentials, which cannot be read in a ${context.getType()} context`,
  );
}
