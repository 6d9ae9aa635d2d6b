import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { call, success } from './call.js';

const tokenUrl = 'https://login.example/token';
const authorizationUrl = 'https://login.example/authorize';

const SCHEMES = {
  APIKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  APIKeyQuery: { type: 'apiKey', in: 'query', name: 'api_key' },
  APIKeyCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'session',
    description:
      'Swagger UI cannot send this cookie: a browser sends it by itself, once the application has set it.',
  },
  HTTPBasic: { type: 'http', scheme: 'basic' },
  HTTPBearer: { type: 'http', scheme: 'bearer' },
  HTTPDigest: { type: 'http', scheme: 'digest' },
  HTTPScheme: { type: 'http', scheme: 'GNAP' },
  OAuth2: { type: 'oauth2', flows: { implicit: { authorizationUrl, scopes: {} } } },
  OAuth2PasswordBearer: {
    type: 'oauth2',
    flows: { password: { tokenUrl: '/token', scopes: {} } },
  },
  OAuth2AuthorizationCodeBearer: {
    type: 'oauth2',
    flows: { authorizationCode: { authorizationUrl, tokenUrl, scopes: {} } },
  },
  OAuth2ClientCredentialsBearer: {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl, scopes: {} } },
  },
  OpenIdConnect: {
    type: 'openIdConnect',
    openIdConnectUrl: '/.well-known/openid-configuration',
  },
  PassportScheme: { type: 'http', scheme: 'bearer' },
};

const SECURITY = {
  '/api-key/header': [{ APIKeyHeader: [] }],
  '/api-key/query': [{ APIKeyQuery: [] }],
  '/api-key/cookie': [{ APIKeyCookie: [] }],
  '/http/basic': [{ HTTPBasic: [] }],
  '/http/bearer': [{ HTTPBearer: [] }],
  '/http/digest': [{ HTTPDigest: [] }],
  '/http/gnap': [{ HTTPScheme: [] }],
  '/oauth2/implicit': [{ OAuth2: [] }],
  '/oauth2/password': [{ OAuth2PasswordBearer: [] }],
  '/oauth2/authorization-code': [{ OAuth2AuthorizationCodeBearer: [] }],
  '/oauth2/client-credentials': [{ OAuth2ClientCredentialsBearer: [] }],
  '/open-id-connect': [{ OpenIdConnect: [] }],
  '/passport': [{ PassportScheme: [] }],
  '/any-of': [{ APIKeyHeader: [] }, { HTTPBasic: [] }],
  '/all-of': [{ APIKeyHeader: [], HTTPBearer: [] }],
  '/optional': [{ HTTPBearer: [] }, {}],
  '/public': [],
  '/token': [],
};

interface Document {
  paths: Record<string, Record<string, { security?: unknown }>>;
  components: { securitySchemes: unknown };
}

describe.each(adapters)('03-every-scheme on $name', (adapter) => {
  let running: RunningApp;
  let url: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
  });
  afterAll(() => running.app.close());

  it('documents every scheme, and what every route requires', async () => {
    const { paths, components } = (await call(url, '/docs-json')).body as Document;
    const security = Object.entries(paths).flatMap(([path, operations]) =>
      Object.values(operations).map((operation) => [path, operation.security]),
    );
    expect(components.securitySchemes).toEqual(SCHEMES);
    expect(Object.fromEntries(security)).toEqual(SECURITY);
  });

  it('serves the discovery document that it names', async () => {
    const { status, body } = await call(url, '/.well-known/openid-configuration');
    expect(status).toBe(200);
    expect(body).toMatchObject({ issuer: 'https://login.example' });
  });

  it('issues the token of the password flow', async () => {
    const form = { username: 'demo', password: 'demo-secret' };
    expect(await call(url, '/token', { form })).toEqual(
      success({ access_token: 'demo-secret', token_type: 'bearer' }),
    );
  });

  it.each([
    { username: 'demo', password: 'wrong' },
    { username: 'wrong', password: 'demo-secret' },
  ])('refuses $username with $password', async (form) => {
    expect(await call(url, '/token', { form })).toEqual({
      status: 400,
      challenges: [],
      body: { error: 'invalid_grant', error_description: 'Incorrect username or password' },
    });
  });
});
