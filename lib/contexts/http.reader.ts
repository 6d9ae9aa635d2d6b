import { type ExecutionContext, type HttpException, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SecurityException } from '../errors/security.exception.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { ContextReader, SecurityCall } from './security-call.js';

/** The request of an HTTP call, Express's or Fastify's. */
export function httpRequestOf(context: ExecutionContext): SecurityRequest {
  return context.getArgByIndex<SecurityRequest>(0);
}

/** HTTP: the request is the call, and a refusal is headers and an exception. */
@Injectable()
export class HttpReader implements ContextReader {
  readonly type = 'http';

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  read(context: ExecutionContext): SecurityCall {
    const request = httpRequestOf(context);
    return { request, key: request, shared: request };
  }

  params(context: ExecutionContext): unknown {
    return context.getArgByIndex<{ params?: unknown }>(0).params;
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
