import { type ExecutionContext, type HttpException, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SecurityException } from '../errors/security.exception.js';
import { httpAdapterOf } from '../policies/http-adapter.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { ContextReader, SecurityCall } from './security-call.js';
import { endEvents, hasEvents } from './server-sent-events.js';

/** Express's request, or Fastify's. */
export function requestOf(context: ExecutionContext): SecurityRequest {
  return context.getArgByIndex<SecurityRequest>(0);
}

/**
 * The call of an HTTP request: the request shares nothing with other calls.
 *
 * The call is a plain object and no instance of a class. Calls live as long as their request, so that a full garbage
 * collection may find none: V8 then discards the hidden class of such instances, and all code optimised for it.
 */
export function callOf(request: SecurityRequest): SecurityCall {
  return { request, key: request, shared: request };
}

/** Reads HTTP requests. A refusal is an exception, and headers of the response. */
@Injectable()
export class HttpReader implements ContextReader {
  readonly type = 'http';
  /** Set only where the application has routes of `@Sse()`, as every accepted request pays for it. */
  accepted?: Required<ContextReader>['accepted'];

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Whether the application serves HTTP at all. */
  get isServed(): boolean {
    return httpAdapterOf(this.adapterHost) !== undefined;
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
      // Both adapters take a list, and send a line for each challenge; Nest's type allows a text only.
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
