import { type ExecutionContext, type HttpException, IntrinsicException } from '@nestjs/common';
import type { McpHttpHandler, McpStrategy } from '@rekog/mcp-nest';
import { CONTEXTS } from '../../auth.options.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import type { ContextHandler } from '../../policies/handler-kinds.js';
import { ofThisCopy } from '../../requirements/copies.js';
import type { ContextApplication, ContextReader, SecurityCall } from '../security-call.js';
import { refusedCall } from '../refused-call.js';
import { McpAccess } from './mcp-access.js';
import { McpEndpoint } from './mcp-endpoint.js';
import { currentExchange, currentMessage } from './mcp-exchange.js';
import { serverOf, targetOf } from './mcp-handlers.js';
import { assertNotShared } from './mcp-lists.js';
import { McpSessions, type SessionOwner } from './mcp-sessions.js';
import { guardMessages } from './guard-messages.js';

/**
 * Options of `mcp()`.
 *
 * @publicApi
 */
export interface McpOptions {
  /**
   * Returns the name of a user, so that nobody else can use the user's session. Default: `iss` and `sub`, or `id`, or
   * the user itself where it is a text or a number; without any of these the credentials, so that a new token needs a
   * new session.
   */
  readonly sessionOwner?: SessionOwner;
}

const OPTIONS = { sessionOwner: true } satisfies OptionNames<McpOptions>;

/**
 * Guards the tools, resources and prompts of MCP servers of `@rekog/mcp-nest` 2.
 *
 * Lists show callers only what they may call. A request without the required credentials or scopes is answered with an
 * HTTP 401 or 403 and a challenge; a refusal by a rule is a JSON-RPC error. Over other transports than HTTP, such as
 * stdio, calls are refused where anything is required.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { McpController, McpStrategy, StreamableHttpTransport, Tool } from '@rekog/mcp-nest';
 * import { APIKeyHeader, AuthModule, CurrentUser, Security } from 'nestjs-security';
 * import { mcp } from 'nestjs-security/mcp';
 *
 * export const server = new McpStrategy({
 *   name: 'notes',
 *   version: '1.0.0',
 *   transports: [new StreamableHttpTransport()],
 * });
 * const key = new APIKeyHeader({
 *   schemeName: 'Key',
 *   name: 'X-API-Key',
 *   validate: (value) => (value === 'a key from your store' ? { user: 'ada' } : null),
 * });
 *
 * @McpController()
 * @Security(key)
 * class NotesTools {
 *   @Tool({ name: 'whoami', description: 'Who is it?' })
 *   whoami(@CurrentUser() user: string) {
 *     return user;
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ schemes: [key], contexts: [mcp(server)] })],
 *   controllers: [NotesTools],
 * })
 * export class AppModule {}
 * ```
 *
 * @param servers The server, or several of one application. A server can be passed to one `mcp()` only.
 * @throws ConfigurationError where a server is passed twice, or is of another major version than 2.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization
 * @publicApi
 */
export function mcp(
  servers: McpStrategy | readonly McpStrategy[],
  options: McpOptions = {},
): ContextReader {
  assertKnownOptions('mcp()', options, OPTIONS);
  const { sessionOwner } = options;
  const given = [servers].flat();
  if (given.length === 0) refuseOther();
  return new McpReader(given, sessionOwner);
}

/** The servers that are guarded already. */
const GUARDED = new WeakSet<McpStrategy>();

const VERBS = ['handlePost', 'handleGet', 'handleDelete'] as const;

class McpReader implements ContextReader {
  readonly type = 'rpc';
  readonly kind = 'mcp';
  private readonly connections: ((application: ContextApplication) => void)[];

  constructor(
    private readonly servers: readonly McpStrategy[],
    sessionOwner: SessionOwner | undefined,
  ) {
    this.connections = servers.map((server) => {
      assertKnown(server);
      const endpoint = new McpEndpoint(new McpSessions(sessionOwner));
      guardTransports(server, endpoint);
      const connectMessages = guardMessages(server);
      return (application) => {
        const access = new McpAccess(application, this, server.transportId);
        assertNotShared(server, access);
        endpoint.connect(application, access);
        connectMessages(access);
      };
    });
  }

  read(context: ExecutionContext): SecurityCall | undefined {
    const exchange = currentExchange();
    const call: unknown = context.getArgByIndex(1);
    if (exchange === undefined || !isMcpContext(call)) return undefined;
    return { request: exchange.request, key: call, shared: exchange.request, injected: call };
  }

  params(context: ExecutionContext): unknown {
    return context.getArgByIndex(0);
  }

  /** Stores the refusal for the answer to the message. Nest neither sends nor logs an intrinsic exception. */
  refuse(exception: HttpException, challenges: readonly string[]): unknown {
    const message = currentMessage();
    if (message === undefined) return exception;
    message.refused = refusedCall(exception, challenges);
    return new IntrinsicException(exception.message);
  }

  handles(method: Function): { method: string; path: string } | undefined {
    const target = targetOf(method);
    return target && { method: target.kind, path: target.path };
  }

  assertEnforceable(handlers: readonly ContextHandler[], application: ContextApplication): void {
    const readers = application.get(CONTEXTS) as readonly ContextReader[];
    const known = readers.flatMap((reader) => (reader instanceof McpReader ? reader.servers : []));
    assertGuarded(handlers, new Set(known.map(({ transportId }) => transportId)));
    for (const connect of this.connections) connect(application);
  }
}

ofThisCopy(McpReader);

/** @throws ConfigurationError where a handler that requires something belongs to a server that is not guarded. */
function assertGuarded(handlers: readonly ContextHandler[], servers: ReadonlySet<unknown>): void {
  const lost = handlers.find(
    ({ handler }) => targetOf(handler) !== undefined && !servers.has(serverOf(handler)),
  );
  if (lost === undefined) return;
  throw new ConfigurationError(
    `${lost.name} requires something of its callers, but the MCP server that it belongs to is in no mcp(): add the server's McpStrategy to mcp() in contexts of AuthModule.forRoot()`,
  );
}

/** Whether a value is the context that mcp-nest passes to its handlers, unlike that of a microservice. */
function isMcpContext(value: unknown): value is object {
  const { getRawRequest, getSession } = (value ?? {}) as Record<string, unknown>;
  return typeof getRawRequest === 'function' && typeof getSession === 'function';
}

/**
 * Puts the endpoint before a transport's own handlers, which a controller calls, or the route that it mounts itself.
 */
function guardTransports({ options }: McpStrategy, endpoint: McpEndpoint): void {
  for (const transport of options.transports) {
    if (transport.kind === 'stdio') continue;
    const handler = transport as unknown as McpHttpHandler;
    for (const verb of VERBS) {
      const handle = handler[verb]?.bind(handler);
      if (handle === undefined) refuseOther();
      handler[verb] = (request, response) =>
        endpoint.handle(request as never, response as never, () => handle(request, response));
    }
  }
}

function refuseOther(): never {
  throw new ConfigurationError(
    'mcp() takes an McpStrategy of @rekog/mcp-nest 2 with StreamableHttpTransport, or a list of some: it was given something else',
  );
}

function assertKnown(server: McpStrategy): void {
  const { options, bindRequestHandlers } = (server ?? {}) as Partial<McpStrategy>;
  if (!Array.isArray(options?.transports) || typeof bindRequestHandlers !== 'function') {
    refuseOther();
  }
  if (GUARDED.has(server)) {
    throw new ConfigurationError(
      `mcp(): the server ${options.name} is guarded already: name it in one mcp() of one application`,
    );
  }
  GUARDED.add(server);
}
