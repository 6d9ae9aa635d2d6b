import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { SecurityRequest } from '../schemes/security-request.js';
import { contentTypeRefusal } from './form-content-type.js';
import { OAuth2ExceptionFilter } from './oauth2-exception.filter.js';
import { tokenEndpointOfRoute } from './token-endpoint.metadata.js';

interface RoutedRequest extends SecurityRequest {
  readonly routeOptions: { readonly config?: object | undefined };
}

interface FastifyServer {
  addHook(
    name: 'preParsing',
    hook: (request: RoutedRequest, reply: unknown, payload: unknown, done: () => void) => void,
  ): unknown;
}

/**
 * Makes Fastify's token endpoints answer a body that is no form with RFC 6749's error.
 *
 * Fastify answers 415 to a content type without a parser, before Nest sees the request. Express
 * passes such a request on, so there the form's reader answers.
 */
@Injectable()
export class TokenEndpointContentType implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // Absent in an application context or a microservice, which serve no HTTP.
    const adapter = this.adapterHost.httpAdapter as typeof this.adapterHost.httpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    const filter = new OAuth2ExceptionFilter(this.adapterHost);
    const server: FastifyServer = adapter.getInstance();
    server.addHook('preParsing', (request, reply, _payload, done) => {
      const refusal =
        tokenEndpointOfRoute(request.routeOptions.config) && contentTypeRefusal(request);
      if (refusal) filter.answer(refusal, reply);
      else done();
    });
  }
}
