import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import { atExpiry } from '../at-expiry.js';
import type { AcceptedCredentials } from '../accepted-credentials.js';
import { authenticationOf } from '../kept-authentications.js';
import { ContextReaders } from '../context-readers.js';
import type { ForeseenRefusal } from '../foresight.js';
import { HttpReader } from '../http.reader.js';
import type { ContextApplication } from '../security-call.js';
import { isRefused, type McpAccess } from './mcp-access.js';
import { inExchange, type McpExchange } from './mcp-exchange.js';
import { calledBy } from './mcp-handlers.js';
import { jsonRpcError } from './json-rpc-error.js';
import { type McpSessions, SESSION } from './mcp-sessions.js';
import { readMessages } from './read-messages.js';

type EndpointRequest = SecurityRequest & { readonly raw?: IncomingMessage; body?: unknown };
type EndpointResponse = ServerResponse & { readonly raw?: ServerResponse };

/** A request to an endpoint, and its answer. */
interface EndpointExchange extends McpExchange {
  readonly request: EndpointRequest;
  /** Express's or Fastify's. */
  readonly response: EndpointResponse;
  /** Node's. */
  readonly raw: ServerResponse;
  /** What was sent, parsed: a message, or a batch of them. */
  readonly messages: unknown;
}

/**
 * Receives the HTTP requests to an MCP server. It refuses those without the required credentials or scopes before the
 * transport begins its answer: a stream that has begun can no longer send a status and headers.
 */
export class McpEndpoint {
  private application: ContextApplication | undefined;
  private access: McpAccess | undefined;

  constructor(private readonly sessions: McpSessions) {}

  /** Sets, at boot, who may call what. Until then all requests are refused. */
  connect(application: ContextApplication, access: McpAccess): void {
    this.application = application;
    this.access = access;
  }

  /** Answers a refused request, and passes on any other. */
  async handle(
    request: EndpointRequest,
    response: EndpointResponse,
    handOn: () => unknown,
  ): Promise<void> {
    const [reading] = await Promise.allSettled([readMessages(request)]);
    const messages = reading.status === 'fulfilled' ? reading.value : undefined;
    const { raw = response } = response;
    const exchange: EndpointExchange = { request, response, raw, messages };
    try {
      const callers = await this.admit(exchange);
      if (isRefused(callers)) return this.deny(exchange, callers);
      // A caller who is refused is not told what is wrong with the message.
      if (reading.status === 'rejected') throw reading.reason;
      this.followSession(exchange, callers[0]);
      if (isListening(exchange)) this.endInTime(exchange, callers);
    } catch (error) {
      return this.fail(exchange, error);
    }
    await inExchange(exchange, handOn);
  }

  /** The credentials that a request was accepted with, those of the session's owner first; or its refusal. */
  private async admit(
    exchange: EndpointExchange,
  ): Promise<readonly AcceptedCredentials[] | ForeseenRefusal> {
    const access = this.access;
    if (access === undefined) throw new ServiceUnavailableException();
    for (const message of [exchange.messages].flat()) {
      const target = calledBy(message, access.targets);
      const refusal = target && (await access.refusalOf(target, exchange));
      if (refusal === undefined) continue;
      access.announce(target, exchange, refusal);
      return refusal;
    }
    // The guard of a controller with a requirement of its own has already authenticated the caller.
    const known = authenticationOf(exchange.request)?.own ?? [];
    const callers = known.length > 0 ? known : await access.identify(exchange);
    if (isRefused(callers)) {
      access.announce(undefined, exchange, callers);
      return callers;
    }
    return this.ownsSession(exchange, callers[0]) ? callers : SESSION_NOT_FOUND;
  }

  private ownsSession(
    { request }: EndpointExchange,
    caller: AcceptedCredentials | undefined,
  ): boolean {
    const id = sessionOf(request);
    return id === undefined || this.sessions.admits(id, caller);
  }

  /** Remembers the owner of a session that begins with this request, and forgets it where the request ends it. */
  private followSession(
    { request, raw }: EndpointExchange,
    caller: AcceptedCredentials | undefined,
  ): void {
    const id = sessionOf(request);
    if (id !== undefined) {
      const forget = () => {
        // Where the transport refuses to end a session, it goes on with the same owner.
        if (raw.statusCode < 300) this.sessions.end(id);
      };
      if (request.method === 'DELETE') raw.once('finish', forget);
      return;
    }
    const writeHead = raw.writeHead.bind(raw) as (...given: unknown[]) => ServerResponse;
    raw.writeHead = (...given: unknown[]) => {
      const begun = begunIn(given.at(-1)) ?? raw.getHeader(SESSION);
      if (typeof begun === 'string') this.sessions.begin(begun, caller);
      return writeHead(...given);
    };
  }

  /** Ends a stream when its credentials expire or, without credentials, when its session gets an owner. */
  private endInTime(
    { request, raw }: EndpointExchange,
    callers: readonly AcceptedCredentials[],
  ): void {
    endAtExpiry(raw, callers);
    const id = sessionOf(request);
    if (callers.length > 0 || id === undefined) return;
    raw.once(
      'close',
      this.sessions.listen(id, () => raw.end()),
    );
  }

  private fail(exchange: EndpointExchange, error: unknown): void {
    const readers = this.application?.get(ContextReaders);
    const context = new ExecutionContextHost([exchange.request, exchange.response]);
    const exception = readers?.failure(PLAIN, error, context) ?? new ServiceUnavailableException();
    this.deny(exchange, { exception: exception as HttpException, challenges: [] });
  }

  private deny(
    { request, response, raw, messages }: EndpointExchange,
    { exception, challenges }: Pick<ForeseenRefusal, 'exception' | 'challenges'>,
  ): void {
    const answer = jsonRpcError(messages, exception, challenges);
    const http = this.application?.get(HttpReader);
    http?.refuse(exception, challenges, new ExecutionContextHost([request, response]));
    const host = this.application?.get(HttpAdapterHost);
    if (host !== undefined) {
      host.httpAdapter.reply(response, answer, exception.getStatus());
      return;
    }
    raw.writeHead(exception.getStatus(), { 'content-type': 'application/json' });
    raw.end(JSON.stringify(answer));
  }
}

/** The answer that the specification asks for where a session is unknown: the client begins another. */
const SESSION_NOT_FOUND: ForeseenRefusal = {
  exception: new NotFoundException('Session not found'),
  challenges: [],
  accepted: [],
};

/** A reader for failures, which adds nothing to them. */
const PLAIN = { type: 'rpc', read: () => undefined };

/** Whether the answer is a stream of notifications, which stays open until one side ends it. */
function isListening({ request, messages }: EndpointExchange): boolean {
  return (
    request.method === 'GET' ||
    [messages].flat().some((message) => {
      const sent = (message ?? {}) as { method?: unknown };
      return sent.method === 'subscriptions/listen';
    })
  );
}

/** Ends a stream when the first of its caller's credentials expires. */
function endAtExpiry(stream: ServerResponse, callers: readonly AcceptedCredentials[]): void {
  const first = Math.min(...callers.map(({ expiresAt = Infinity }) => expiresAt));
  if (first === Infinity) return;
  const forget = atExpiry(first, () => void stream.end());
  stream.once('close', forget);
}

/** The session that a request names; like the transport, takes an empty header for none. */
function sessionOf({ headers }: SecurityRequest): string | undefined {
  const id = headers[SESSION];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function begunIn(headers: unknown): unknown {
  return typeof headers === 'object' && headers !== null
    ? (headers as Record<string, unknown>)[SESSION]
    : undefined;
}
