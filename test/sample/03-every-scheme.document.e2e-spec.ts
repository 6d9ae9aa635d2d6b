import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { call } from './call.js';

const tokenUrl = '/token';
const authorizationUrl = '/authorize';
const described = { description: expect.stringMatching(/demo-secret|curl|browser|POST/) };

const SCHEMES = {
  APIKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', ...described },
  APIKeyQuery: { type: 'apiKey', in: 'query', name: 'api_key', ...described },
  APIKeyCookie: { type: 'apiKey', in: 'cookie', name: 'session', ...described },
  HTTPBasic: { type: 'http', scheme: 'basic', ...described },
  HTTPBearer: { type: 'http', scheme: 'bearer', ...described },
  HTTPDigest: { type: 'http', scheme: 'digest', ...described },
  HTTPScheme: { type: 'http', scheme: 'GNAP', ...described },
  OAuth2PasswordBearer: {
    type: 'oauth2',
    flows: { password: { tokenUrl, scopes: {} } },
    ...described,
  },
  OAuth2AuthorizationCodeBearer: {
    type: 'oauth2',
    flows: { authorizationCode: { authorizationUrl, tokenUrl, scopes: {} } },
    ...described,
  },
  OAuth2ClientCredentialsBearer: {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl, scopes: {} } },
    ...described,
  },
  OAuth2Implicit: {
    type: 'oauth2',
    flows: { implicit: { authorizationUrl, scopes: {} } },
    ...described,
  },
  OAuth2Device: {
    type: 'oauth2',
    flows: {
      deviceAuthorization: {
        deviceAuthorizationUrl: '/device_authorization',
        tokenUrl,
        scopes: {},
      },
    },
    ...described,
  },
  OpenIdConnect: {
    type: 'openIdConnect',
    openIdConnectUrl: '/.well-known/openid-configuration',
    ...described,
  },
  PassportScheme: { type: 'http', scheme: 'bearer', ...described },
};

const SECURITY = {
  'get /api-key/header': [{ APIKeyHeader: [] }],
  'get /api-key/query': [{ APIKeyQuery: [] }],
  'get /api-key/cookie': [{ APIKeyCookie: [] }],
  'post /api-key/cookie': [{ APIKeyHeader: [] }],
  'get /http/basic': [{ HTTPBasic: [] }],
  'get /http/bearer': [{ HTTPBearer: [] }],
  'get /http/digest': [{ HTTPDigest: [] }],
  'get /http/gnap': [{ HTTPScheme: [] }],
  'get /oauth2/implicit': [{ OAuth2Implicit: [] }],
  'get /oauth2/password': [{ OAuth2PasswordBearer: [] }],
  'get /oauth2/authorization-code': [{ OAuth2AuthorizationCodeBearer: [] }],
  'get /oauth2/client-credentials': [{ OAuth2ClientCredentialsBearer: [] }],
  'get /oauth2/device': [{ OAuth2Device: [] }],
  'get /open-id-connect': [{ OpenIdConnect: [] }],
  'get /passport': [{ PassportScheme: [] }],
  'get /any-of': [{ APIKeyHeader: [] }, { HTTPBasic: [] }],
  'get /all-of': [{ APIKeyHeader: [], HTTPBearer: [] }],
  'get /optional': [{ HTTPBearer: [] }, {}],
  'get /public': [],
  'post /device_authorization': [],
  'post /token': [],
};

interface Document {
  paths: Record<
    string,
    Record<string, { security?: unknown; responses?: Record<string, { content?: object }> }>
  >;
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
      Object.entries(operations).map(([method, { security }]) => [`${method} ${path}`, security]),
    );
    expect(components.securitySchemes).toEqual(SCHEMES);
    expect(Object.fromEntries(security)).toEqual(SECURITY);
  });

  it('shows of every route whom it lets in', async () => {
    const { paths } = (await call(url, '/docs-json')).body as Document;
    const answers = Object.values(paths)
      .flatMap((operations) => Object.values(operations))
      .flatMap(({ responses }) => responses?.['200'] ?? responses?.['201'] ?? []);
    expect(answers).toHaveLength(Object.keys(SECURITY).length);
    expect(answers.filter(({ content }) => content === undefined)).toEqual([]);
  });
});
