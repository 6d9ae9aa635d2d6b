import { type ExecutionContext, type HttpException, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SecurityException } from '../errors/security.exception.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { ContextReader, SecurityCall } from './security-call.js';
import { endEvents, hasEvents } from './server-sent-events.js';

/** Express's request, or Fastify's. */
export function requestOf(context: ExecutionContext): SecurityRequest {
  return context.getArgByIndex<SecurityRequest>(0);
}

/**
 * A request is a call of its own.
 *
 * The call is a plain object and no instance of a class. Calls live as long as their request, so that a full garbage
 * collection may find none: V8 then discards the hidden class of such instances, and all code optimised for it.
 */
export function callOf(request: SecurityRequest): SecurityCall {
  return { request, key: request, shared: request };
}

/** HTTP: the request is the call, and a refusal is headers and an exception. */
@Injectable()
export class HttpReader implements ContextReader {
  readonly type = 'http';
  /** Where there are events to be ended: every request pays for it. */
  accepted?: Required<ContextReader>['accepted'];

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Whether the application serves HTTP at all. */
  get isServed(): boolean {
    // A microservice of its own has `null`, an application context `undefined`.
    const adapter: object | null | undefined = this.adapterHost.httpAdapter;
    return (adapter ?? undefined) !== undefined;
  }

  beforeRegistration(controllers: readonly Function[]): void {
    if (controllers.some(hasEvents)) this.accepted = endEvents;
  }

  read(context: ExecutionContext): SecurityCall {
    return callOf(requestOf(context));
  }

  params(context: ExecutionContext): unknown {
    return (requestOf(context) as { params?: unknown }).params;
  }

  refuse(
    exception: HttpException,
    challenges: readonly string[],
    context: ExecutionContext,
  ): HttpException {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = context.getArgByIndex(1);
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    if (challenges.length > 0) {
      // Both adapters take a list, which becomes a line for each challenge; Nest's type knows of one only.
      httpAdapter.setHeader(response, 'WWW-Authenticate', [...challenges] as unknown as string);
    }
    if (exception instanceof SecurityException) {
      for (const [name, value] of Object.entries(exception.headers)) {
        httpAdapter.setHeader(response, name, value);
      }
    }
    return exception;
  }
}
