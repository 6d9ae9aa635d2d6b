import { Controller, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  type McpCacheHints,
  McpHttpControllerFor,
  McpStrategy,
  StreamableHttpTransport,
  type StreamableHttpTransportOptions,
} from '@rekog/mcp-nest';
import {
  APIKeyHeader,
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  OAuth2ClientCredentialsBearer,
  Security,
} from 'nestjs-security';
import { mcp, type McpOptions } from 'nestjs-security/mcp';
import { vi } from 'vitest';
import type { Adapter } from '../support/adapters.js';

/** A token says who comes and what for: `ada`, `ada.read.write`. `bad` is nobody's. */
export const validate = vi.fn((token: string) => {
  if (token === 'bad') return null;
  const [id = '', ...scopes] = token.split('.');
  return { user: { id }, scopes };
});

export const token = new OAuth2ClientCredentialsBearer<{ id: string }, 'read' | 'write' | 'admin'>({
  schemeName: 'Token',
  tokenUrl: 'https://login.example/token',
  scopes: { read: 'Read.', write: 'Write.', admin: 'All.' },
  validate,
});

export const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => (value === 'good' ? { user: { id: 'service' } } : null),
});

export type Mount = 'by itself' | 'by a controller';

export interface McpServerSetup {
  readonly controllers: Type[];
  /** Of a second server, at `/beside`, which their `@McpController({ server: 'beside' })` names. Default: there is none. */
  readonly beside?: Type[];
  readonly providers?: Type[];
  readonly auth?: Partial<AuthModuleOptions & AuthModuleExtras>;
  readonly transport?: StreamableHttpTransportOptions;
  readonly cacheHints?: McpCacheHints;
  readonly options?: McpOptions;
  readonly mount?: Mount;
  /** Of the endpoint's controller. */
  readonly endpoint?: ClassDecorator;
  /** Is told of the application before anything of it starts. */
  readonly configure?: (app: INestApplication) => void;
}

export interface RunningServer {
  readonly app: INestApplication;
  readonly url: string;
  readonly server: McpStrategy;
}

/** A silent MCP server on a free port of 127.0.0.1, at `/mcp`. */
export async function startServer(
  adapter: Adapter,
  {
    controllers,
    beside,
    providers = [],
    auth,
    transport,
    cacheHints,
    options,
    mount,
    endpoint,
    configure,
  }: McpServerSetup,
): Promise<RunningServer> {
  const http = new StreamableHttpTransport(transport);
  const server = new McpStrategy({
    name: 'test',
    version: '1.0.0',
    transports: [http],
    logging: false,
    ...(cacheHints && { cacheHints }),
  });
  const second = new McpStrategy({
    server: 'beside',
    name: 'beside',
    version: '1.0.0',
    transports: [new StreamableHttpTransport({ ...transport, endpoint: '/beside' })],
    logging: false,
  });
  const servers = beside === undefined ? [server] : [server, second];
  const own = mount === 'by a controller' ? [endpointOf(http, endpoint)] : [];
  const app = await NestFactory.create<INestApplication>(
    {
      module: class {},
      imports: [
        AuthModule.forRoot({
          schemes: [token, key],
          undeclared: 'allow',
          contexts: [mcp(servers, options)],
          ...auth,
        }),
      ],
      controllers: [...controllers, ...(beside ?? []), ...own],
      providers,
    },
    adapter.create(),
    { logger: false, abortOnError: false },
  );
  try {
    configure?.(app);
    for (const strategy of servers) {
      strategy.setHttpAdapter(app.getHttpAdapter());
      app.connectMicroservice({ strategy });
    }
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, server, url: `${await app.getUrl()}/mcp` };
}

function endpointOf(
  http: StreamableHttpTransport,
  decorate: ClassDecorator = () => undefined,
): Type {
  class Endpoint extends McpHttpControllerFor(http) {}
  decorate(Endpoint);
  Controller('mcp')(Endpoint);
  return Endpoint;
}

export const protectedBy = Security(token);

/** The official client, with the headers of one caller. */
export async function connect(url: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport as never);
  return client;
}

export const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

/** One JSON-RPC request, as it goes over the wire. */
export async function post(
  url: string,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
}

export const request = (method: string, params: unknown = {}, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

export const initialize = request('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1.0.0' },
});
