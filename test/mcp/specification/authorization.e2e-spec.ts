import { randomBytes } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { McpController, Resource, Tool } from '@rekog/mcp-nest';
import {
  type Authentication,
  CurrentUser,
  OAuth2AuthorizationCodeBearer,
  Scopes,
  Security,
} from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../../support/adapters.js';
import { rawRequest } from '../../support/raw-request.js';
import {
  bearer,
  initialize,
  type Mount,
  post,
  request,
  type RunningServer,
  startServer,
} from '../mcp-application.js';

// Quoted is https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization; what 2026-07-28 says
// otherwise is marked.

const MCP = 'https://notes.example/mcp';
const API = 'https://notes.example/api';
const ISSUER = 'https://login.example';
const secret = randomBytes(32);

/** Tokens of one issuer for one resource. */
class ResourceToken extends OAuth2AuthorizationCodeBearer<
  { id: string },
  'read' | 'write' | 'offline_access'
> {
  private readonly verifier: JwtVerifier;

  constructor(schemeName: string, audience: string) {
    const [authorizationUrl, tokenUrl] = [`${ISSUER}/authorize`, `${ISSUER}/token`];
    const scopes = { read: 'Read.', write: 'Write.', offline_access: 'Stay logged in.' };
    super({ schemeName, authorizationUrl, tokenUrl, scopes });
    this.verifier = JwtVerifier.fromSecret(secret, {
      issuer: ISSUER,
      audience,
      algorithms: ['HS256'],
    });
  }

  override async validate(token: string): Promise<Authentication<{ id: string }>> {
    const { claims, scopes, expiresAt } = await this.verifier.verify(token);
    return { user: { id: String(claims.sub) }, scopes, expiresAt };
  }
}

const forMcp = new ResourceToken('McpToken', MCP);
const forApi = new ResourceToken('ApiToken', API);

const issued = (claims: Record<string, unknown> = {}) =>
  new SignJWT({ iss: ISSUER, aud: MCP, sub: 'ada', scope: 'read', exp: 2 ** 32, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .sign(secret);

@McpController()
@Security(forMcp, ['read'])
class Notes {
  @Tool({ name: 'read', description: '' })
  read(@CurrentUser() user: { id: string }) {
    return user.id;
  }

  @Tool({ name: 'write', description: '' })
  @Scopes('write')
  write() {
    return 'written';
  }

  @Resource({ uri: 'notes://secret', name: 'secret' })
  @Scopes('write')
  secret() {
    return { contents: [{ uri: 'notes://secret', text: 'secret' }] };
  }
}

@Controller('api')
@Security(forApi, ['read'])
class Api {
  @Get() list() {
    return [];
  }
}

const metadata = (path: string) =>
  `resource_metadata="https://notes.example/.well-known/oauth-protected-resource${path}"`;

const cases = adapters.flatMap((adapter) =>
  (['by itself', 'by a controller'] as const).map((mount: Mount) => ({
    name: `${adapter.name}, mounted ${mount}`,
    adapter,
    mount,
  })),
);

describe.each(cases)('the authorization of MCP on $name', ({ adapter, mount }) => {
  let running: RunningServer;
  let origin: string;
  beforeAll(async () => {
    running = await startServer(adapter, {
      controllers: [Notes, Api],
      mount,
      auth: {
        schemes: [forMcp, forApi],
        scopeMatcher: (granted, required) =>
          granted === required || (required === 'read' && granted === 'write'),
        protectedResource: [
          { resource: API, authorizationServers: [ISSUER], schemes: [forApi] },
          { resource: MCP, authorizationServers: [ISSUER], schemes: [forMcp] },
        ],
      },
    });
    origin = new URL(running.url).origin;
  });
  afterAll(() => running.app.close());

  const call = (name: string, token?: string) =>
    post(
      running.url,
      request('tools/call', { name, arguments: {} }),
      token === undefined ? {} : bearer(token),
    );

  describe('"MCP servers MUST implement OAuth 2.0 Protected Resource Metadata"', () => {
    it.each([
      ['/mcp', MCP],
      ['/api', API],
    ])('"including the authorization_servers field": %s', async (path, resource) => {
      const answer = await fetch(`${origin}/.well-known/oauth-protected-resource${path}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toStrictEqual({
        resource,
        authorization_servers: [ISSUER],
        scopes_supported: ['read', 'write'],
        bearer_methods_supported: ['header'],
      });
    });
  });

  describe('"MCP servers MUST implement one of the following discovery mechanisms"', () => {
    it.each([
      ['the first message', initialize],
      ['a list', request('tools/list')],
      ['a call', request('tools/call', { name: 'read', arguments: {} })],
      ['an unknown call', request('tools/call', { name: 'unknown', arguments: {} })],
      ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ])(
      '"WWW-Authenticate", with the scopes that it takes (SHOULD), to %s',
      async (_what, message) => {
        const answer = await post(running.url, message);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(
          `Bearer scope="read", ${metadata('/mcp')}`,
        );
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 } });
      },
    );

    it('also to a message that is none', async () => {
      const answer = await post(running.url, '[]');
      expect(answer.status).toBe(401);
    });

    it.each(['GET', 'DELETE'])('also to %s', async (method) => {
      const answer = await fetch(running.url, {
        method,
        headers: { accept: 'text/event-stream' },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain(metadata('/mcp'));
    });

    it('names the metadata of the resource that was asked for', async () => {
      const answer = await fetch(`${origin}/api`);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer scope="read", ${metadata('/api')}`,
      );
    });
  });

  describe('"MCP servers MUST validate that access tokens were issued specifically for them"', () => {
    it.each([
      ['of another resource (no token passthrough)', { aud: API }],
      ['of no resource', { aud: undefined }],
      ['of a longer one', { aud: `${MCP}/other` }],
      ['of another issuer', { iss: 'https://evil.example' }],
      ['"expired": MUST receive a HTTP 401', { exp: 1 }],
    ])('refuses one %s', async (_which, claims) => {
      const answer = await call('read', await issued(claims));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer error="invalid_token".*, scope="read", resource_metadata=/,
      );
    });

    it('accepts one for itself and for others', async () => {
      expect((await call('read', await issued({ aud: [API, MCP] }))).status).toBe(200);
    });

    it('refuses its own at the other resource of the same application', async () => {
      const answer = await fetch(`${origin}/api`, { headers: bearer(await issued()) });
      expect(answer.status).toBe(401);
    });
  });

  it('"access tokens MUST NOT be included in the URI query string"', async () => {
    const answer = await post(`${running.url}?access_token=${await issued()}`, initialize);
    expect(answer.status).toBe(401);
  });

  it('"authorization MUST be included in every HTTP request": the first one lets no other in', async () => {
    const first = await post(running.url, initialize, bearer(await issued()));
    expect(first.status).toBe(200);
    const session = first.headers.get('mcp-session-id');
    const headers = session === null ? {} : { 'mcp-session-id': session };
    expect((await post(running.url, request('tools/list'), headers)).status).toBe(401);
  });

  describe('"insufficient scope: the server SHOULD respond with HTTP 403"', () => {
    it.each([
      ['a tool', request('tools/call', { name: 'write', arguments: {} }, 'seven')],
      ['a resource', request('resources/read', { uri: 'notes://secret' }, 'seven')],
    ])('and error, scope and resource_metadata for %s', async (_what, message) => {
      const answer = await post(running.url, message, bearer(await issued()));
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_scope", scope="read write", ${metadata('/mcp')}`,
      );
      expect(await answer.json()).toStrictEqual({
        jsonrpc: '2.0',
        id: 'seven',
        error: {
          code: -32600,
          message: 'Insufficient scope',
          data: {
            status: 'error',
            statusCode: 403,
            message: 'Insufficient scope',
            error: 'insufficient_scope',
            challenges: [
              `Bearer error="insufficient_scope", scope="read write", ${metadata('/mcp')}`,
            ],
          },
        },
      });
    });

    it('and lets in who comes back with them', async () => {
      expect((await call('write', await issued({ scope: 'read write' }))).status).toBe(200);
    });
  });

  it('"servers MUST account for scope hierarchies" (2026-07-28)', async () => {
    const token = await issued({ scope: 'write' });
    expect((await call('write', token)).status).toBe(200);
    expect((await call('read', token)).status).toBe(200);
    const answer = await post(running.url, request('tools/list'), bearer(token));
    const { result } = (await answer.json()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toStrictEqual(['read', 'write']);
  });

  it('"SHOULD NOT include offline_access" in scopes_supported (2026-07-28)', async () => {
    const answer = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await answer.json()).toHaveProperty('scopes_supported', ['read', 'write']);
  });

  it.each([
    [
      'signed by another',
      () =>
        new SignJWT({ iss: ISSUER, aud: MCP, sub: 'ada', scope: 'read', exp: 2 ** 32 })
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
          .sign(randomBytes(32)),
    ],
    [
      'not signed at all',
      () =>
        Promise.resolve(
          `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: ISSUER, aud: MCP, sub: 'ada', scope: 'read' }))}.`,
        ),
    ],
    ['that is none', () => Promise.resolve('token')],
  ])('"MUST validate access tokens": refuses one %s with 401', async (_which, make) => {
    const answer = await call('read', await make());
    expect(answer.status).toBe(401);
    expect(await answer.json()).not.toHaveProperty('result');
  });

  it('"400 Bad Request: malformed authorization request": a token in two lines', async () => {
    const answer = await rawRequest(origin, {
      method: 'POST',
      path: '/mcp',
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'application/json, text/event-stream'],
        ['Authorization', `Bearer ${await issued()}`],
        ['Authorization', `Bearer ${await issued()}`],
      ],
      body: JSON.stringify(initialize),
    });
    expect(answer.status).toBe(400);
  });

  describe('2026-07-28, which has no sessions and no first message', () => {
    const modern = async (method: string, params: object, token?: string) =>
      post(
        running.url,
        request(method, {
          ...params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
          },
        }),
        {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...('name' in params && { 'mcp-name': String(params.name) }),
          ...(token !== undefined && bearer(token)),
        },
      );

    it('is answered alike: 401, 403, and the user', async () => {
      expect((await modern('tools/list', {})).status).toBe(401);
      const write = { name: 'write', arguments: {} };
      expect((await modern('tools/call', write, await issued())).status).toBe(403);
      const answer = await modern('tools/call', { name: 'read', arguments: {} }, await issued());
      expect(await answer.json()).toMatchObject({ result: { content: [{ text: '"ada"' }] } });
    });

    it('lists what may be called', async () => {
      const answer = await modern('tools/list', {}, await issued());
      const { result } = (await answer.json()) as {
        result: { tools: { name: string }[]; cacheScope: string };
      };
      expect(result.tools.map(({ name }) => name)).toStrictEqual(['read']);
      expect(result.cacheScope).toBe('private');
    });
  });
});
