import { Controller, Get, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { anyOf } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2ClientCredentialsBearer } from '../../lib/schemes/oauth2-bearer.js';
import { type Adapter, adapters, createApp } from '../support/adapters.js';

const token = new OAuth2ClientCredentialsBearer<string, 'read' | 'write'>({
  schemeName: 'Token',
  tokenUrl: 'https://login.example/token',
  scopes: { read: 'Read.', write: 'Write.' },
  validate: (value) => (value === 'good' ? { user: 'ada', scopes: ['read'] } : null),
});
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });

@Controller()
@Security(anyOf(token, key))
class Notes {
  @Get('notes') list() {
    return [];
  }
  @Get('notes/new') @Security(token, ['write']) add() {
    return 'added';
  }
}

const resource = 'https://notes.example/api';
const metadataUrl = 'https://notes.example/.well-known/oauth-protected-resource/api';

describe.each(adapters)('a protected resource, on $name', (adapter) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = {
      imports: [
        AuthModule.forRoot({
          schemes: [token, key],
          protectedResource: {
            resource,
            authorizationServers: ['https://login.example'],
            name: 'Notes',
          },
        }),
      ],
      controllers: [Notes],
    };
    ({ app, url } = await createApp(adapter, module, (created) => created.setGlobalPrefix('api')));
  });
  afterAll(() => app.close());

  const challenge = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(url + path, { headers })).headers.get('www-authenticate');

  it('serves its metadata where RFC 9728 puts it, outside the global prefix', async () => {
    const response = await fetch(`${url}/.well-known/oauth-protected-resource/api`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({
      resource,
      authorization_servers: ['https://login.example'],
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
    });
  });

  it.each([
    ['GET', '/.well-known/oauth-protected-resource'],
    ['GET', '/api/.well-known/oauth-protected-resource/api'],
    ['POST', '/.well-known/oauth-protected-resource/api'],
  ])('has nothing at %s %s', async (method, path) => {
    expect((await fetch(url + path, { method })).status).toBe(404);
  });

  it('names the metadata in bearer challenges, and in no other', async () => {
    expect(await challenge('/api/notes')).toBe(`Bearer resource_metadata="${metadataUrl}", APIKey`);
  });

  it.each([
    ['bad', `Bearer error="invalid_token", scope="write", resource_metadata="${metadataUrl}"`],
    [
      'good',
      `Bearer error="insufficient_scope", scope="write", resource_metadata="${metadataUrl}"`,
    ],
  ])('names it behind the error of the token %s', async (value, expected) => {
    const headers = { authorization: `Bearer ${value}` };
    expect(await challenge('/api/notes/new', headers)).toBe(expected);
  });

  it('takes nothing from the request', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    expect(await challenge('/api/notes/new', headers)).toBe(
      `Bearer scope="write", resource_metadata="${metadataUrl}"`,
    );
  });
});

it.each(['http://notes.example', 'notes.example', 'https://notes.example/?a=1'])(
  'throws when the resource is %s',
  async (identifier) => {
    const options = { schemes: [token], protectedResource: { resource: identifier } };
    await expect(
      createApp(adapters[0]!, { imports: [AuthModule.forRoot(options)] }),
    ).rejects.toThrow(
      `AuthModule.forRoot(): protectedResource: "${identifier}" must be an https URL without query, fragment or credentials`,
    );
  },
);

const other = new OAuth2ClientCredentialsBearer({
  schemeName: 'OtherToken',
  tokenUrl: 'https://other.example/token',
  scopes: { use: 'Use.' },
  validate: () => null,
});

@Controller()
class Several {
  @Get('api/notes') @Security(token) notes() {}
  @Get('api/v2/notes') @Security(token) newNotes() {}
  @Get('mcp') @Security(other) tools() {}
  @Get('mcpx') @Security(other) elsewhere() {}
}

const ignoringSlashes = {
  name: 'Fastify that ignores final slashes',
  create: () => new FastifyAdapter({ ignoreTrailingSlash: true }),
};

describe.each([...adapters, ignoringSlashes])(
  'several protected resources, on $name',
  (adapter) => {
    let app: INestApplication;
    let url: string;
    beforeAll(async () => {
      ({ app, url } = await createApp(adapter, {
        imports: [
          AuthModule.forRoot({
            schemes: [token, other],
            protectedResource: [
              {
                resource: 'https://notes.example/api',
                authorizationServers: ['https://login.example'],
                schemes: [token],
              },
              { resource: 'https://notes.example/api/v2', schemes: [token], scopes: ['read'] },
              {
                resource: 'https://notes.example/mcp/',
                authorizationServers: ['https://other.example'],
                schemes: [other],
              },
              { resource: 'https://notes.example/none', authorizationServers: [], scopes: [] },
            ],
          }),
        ],
        controllers: [Several],
      }));
    });
    afterAll(() => app.close());

    it.each([
      [
        '/api',
        {
          resource: 'https://notes.example/api',
          authorization_servers: ['https://login.example'],
          scopes_supported: ['read', 'write'],
          bearer_methods_supported: ['header'],
        },
      ],
      [
        '/api/v2',
        {
          resource: 'https://notes.example/api/v2',
          scopes_supported: ['read'],
          bearer_methods_supported: ['header'],
        },
      ],
      ...['/mcp/', '/mcp'].map((path): [string, object] => [
        path,
        {
          resource: 'https://notes.example/mcp/',
          authorization_servers: ['https://other.example'],
          scopes_supported: ['use'],
          bearer_methods_supported: ['header'],
        },
      ]),
      // RFC 9728, section 3.2: "Parameters with zero values MUST be omitted".
      ['/none', { resource: 'https://notes.example/none', bearer_methods_supported: ['header'] }],
    ])('each have metadata of their own: %s', async (path, metadata) => {
      const answer = await fetch(`${url}/.well-known/oauth-protected-resource${path}`);
      expect(await answer.json()).toStrictEqual(metadata);
    });

    it.each([
      ['/api/notes', '/api'],
      ['/api/v2/notes', '/api/v2'],
      ['/mcp', '/mcp/'],
      ['/mcp?resource=/api', '/mcp/'],
    ])('are named by what is under them: %s by %s', async (path, resource) => {
      const answer = await fetch(url + path);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer resource_metadata="https://notes.example/.well-known/oauth-protected-resource${resource}"`,
      );
    });

    it('are not named by what is under none of them', async () => {
      expect((await fetch(`${url}/mcpx`)).headers.get('www-authenticate')).toBe('Bearer');
    });
  },
);

describe('protected resources that are asked for in other letters', () => {
  const challengesOf = async (adapter: Adapter) => {
    const { app, url } = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({
          schemes: [token, other],
          protectedResource: [
            { resource: 'https://notes.example/api', authorizationServers: ['https://a.example'] },
            { resource: 'https://notes.example/MCP', authorizationServers: ['https://a.example'] },
          ],
        }),
      ],
      controllers: [Several],
    });
    const answers = await Promise.all(['/API/notes', '/mcp'].map((path) => fetch(url + path)));
    await app.close();
    return answers.map(({ headers }) => headers.get('www-authenticate'));
  };
  const named = (path: string) =>
    `Bearer resource_metadata="https://notes.example/.well-known/oauth-protected-resource${path}"`;

  it.each<Adapter>([
    adapters[0]!,
    {
      name: 'Fastify that ignores case',
      create: () => new FastifyAdapter({ caseSensitive: false }),
    },
    {
      name: 'Fastify whose router ignores case',
      create: () => new FastifyAdapter({ routerOptions: { caseSensitive: false } } as never),
    },
  ])('are named where these are the same, as on $name', async (adapter) => {
    expect(await challengesOf(adapter)).toStrictEqual([named('/api'), named('/MCP')]);
  });

  it('are not named where these are others, as on Fastify', async () => {
    expect(await challengesOf(adapters[1]!)).toStrictEqual([null, 'Bearer']);
  });
});

it.each([
  ['none', [], 'must list at least one resource, and each with a path of its own'],
  [
    'two of one path',
    [{ resource: 'https://a.example/mcp' }, { resource: 'https://b.example/mcp/' }],
    'must list at least one resource, and each with a path of its own',
  ],
  [
    'one whose scheme is not registered',
    [{ resource: 'https://a.example/mcp', schemes: [other] }],
    'protectedResource https://a.example/mcp names the scheme OtherToken, which is not registered',
  ],
])('throws when the resources are %s', async (_case, protectedResource, message) => {
  const options = { schemes: [token], protectedResource };
  await expect(createApp(adapters[0]!, { imports: [AuthModule.forRoot(options)] })).rejects.toThrow(
    message,
  );
});
