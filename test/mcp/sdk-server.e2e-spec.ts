import { Controller, type INestApplication, Post, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  AuthModule,
  Authorize,
  CurrentUser,
  GrantedScopes,
  InsufficientScopeException,
  rule,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';
import { bearer, connect, initialize, post, request, token } from './mcp-application.js';

interface User {
  readonly id: string;
}

/** Each tool with the scopes that it takes: the list and the refusals are made from it. */
const TOOLS: Record<string, { scopes: string[]; run(user: User): string }> = {
  whoami: { scopes: [], run: ({ id }) => id },
  write: { scopes: ['write'], run: () => 'written' },
};

const toolsAreGranted = rule('The tool takes other scopes.', ({ request: { body }, scopes }) => {
  for (const message of [body].flat() as { method?: unknown; params?: { name?: unknown } }[]) {
    const name = String(message.params?.name);
    if (message.method !== 'tools/call' || !Object.hasOwn(TOOLS, name)) continue;
    const required = TOOLS[name]!.scopes;
    if (!required.every((scope) => scopes.has(scope)))
      throw new InsufficientScopeException(required);
  }
  return true;
});

@Controller('mcp')
@Security(token)
class Endpoint {
  @Post()
  @Authorize(toolsAreGranted)
  async answer(
    @Req() req: IncomingMessage & { raw?: IncomingMessage; body: unknown },
    @Res() res: ServerResponse & { raw?: ServerResponse; hijack?(): void },
    @CurrentUser() user: User,
    @GrantedScopes() granted: ReadonlySet<string>,
  ) {
    const server = new McpServer({ name: 'test', version: '1.0.0' });
    for (const [name, { scopes, run }] of Object.entries(TOOLS)) {
      if (!scopes.every((scope) => granted.has(scope))) continue;
      server.registerTool(name, {}, () => ({ content: [{ type: 'text', text: run(user) }] }));
    }
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport as never);
    res.hijack?.();
    await transport.handleRequest(req.raw ?? req, res.raw ?? res, req.body);
  }
}

describe.each(adapters)("the SDK's own server behind a controller, on $name", (adapter) => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    const running = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({
          schemes: [token],
          protectedResource: {
            resource: 'https://notes.example/mcp',
            authorizationServers: ['https://login.example'],
          },
        }),
      ],
      controllers: [Endpoint],
    });
    app = running.app;
    url = `${running.url}/mcp`;
  });
  afterAll(() => app.close());

  const metadata =
    'resource_metadata="https://notes.example/.well-known/oauth-protected-resource/mcp"';
  const call = (name: string, value: string) =>
    post(url, request('tools/call', { name, arguments: {} }), bearer(value));

  it('is told who calls', async () => {
    const client = await connect(url, bearer('ada'));
    const answer = await client.callTool({ name: 'whoami', arguments: {} });
    expect(answer.content).toStrictEqual([{ type: 'text', text: 'ada' }]);
    await client.close();
  });

  it.each([
    ['ada', ['whoami']],
    ['ada.write', ['whoami', 'write']],
  ])('lists to %s %j', async (value, names) => {
    const client = await connect(url, bearer(value));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toStrictEqual(names);
    await client.close();
  });

  it.each([
    ['nothing', {}, `Bearer ${metadata}`],
    ['a bad token', bearer('bad'), `Bearer error="invalid_token", ${metadata}`],
  ])('answers %s with 401', async (_what, headers, challenge) => {
    const answer = await post(url, initialize, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
  });

  it('answers a tool that takes more with 403, and lets in who comes back with it', async () => {
    const refused = await call('write', 'ada');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="write", ${metadata}`,
    );
    expect((await call('write', 'ada.write')).status).toBe(200);
  });
});
