import { describe, expect, it } from 'vitest';
import { APIKeys } from '../../lib/api-keys/api-keys.js';
import { MemoryAPIKeyStore } from '../../lib/api-keys/memory-api-key-store.js';
import { graphql } from '../../lib/contexts/graphql/index.js';
import { mcp } from '../../lib/contexts/mcp/mcp.js';
import { microservices } from '../../lib/contexts/microservices/microservices.reader.js';
import { webSockets } from '../../lib/contexts/websockets/web-sockets.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { setupProtectedSwagger } from '../../lib/openapi/protected-swagger.js';
import { swaggerUiOptions } from '../../lib/openapi/swagger-ui-options.js';
import { PassportScheme } from '../../lib/passport/passport.scheme.js';
import { RedisStore } from '../../lib/redis/redis-store.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { clientCertificate, MutualTLS } from '../../lib/schemes/mutual-tls.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import { attack } from '../../lib/testing/attack.js';
import { expectDocumentMatchesEnforcement } from '../../lib/testing/expect-document-matches-enforcement.js';
import type { OAuth2Grant } from '../../lib/token-endpoint/grant.js';
import { PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { OAuth2RequestForm } from '../../lib/token-endpoint/request-form.js';
import { TokenRequest } from '../../lib/token-endpoint/token-request.js';
import { requireCertificateBinding } from '../../lib/tokens/certificate-binding.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { TokenIntrospector } from '../../lib/tokens/token-introspector.js';

const urls = { tokenUrl: 'token', authorizationUrl: 'authorize' };
const inFlow = { tokenUrl: 'token', scopes: {} };
const expected = { issuer: 'https://login.example', audience: 'api' };
const { issuer, audience } = expected;
const strategy = { authenticate() {} };
const proofs = { baseUrl: 'https://api.example', store: new MemoryStore() };
const client = { clientId: 'api', clientSecret: 'secret', audience };
const secret = 'x'.repeat(32);
const table: OAuth2Grant = { grantType: 'urn:own', fields: {}, client: 'named' };
const formOf = (grant: OAuth2Grant) =>
  class Form extends OAuth2RequestForm {
    static override readonly grant = grant;
  };
const keys = new APIKeys({ prefix: 'shop', store: new MemoryAPIKeyStore() });

/** What is called, with further options. */
const CALLS: Readonly<Record<string, (more: object) => unknown>> = {
  APIKeyHeader: (more) => new APIKeyHeader({ name: 'key', ...more }),
  APIKeyQuery: (more) => new APIKeyQuery({ name: 'key', ...more }),
  APIKeyCookie: (more) => new APIKeyCookie({ name: 'key', ...more }),
  HTTPBasic: (more) => new HTTPBasic(more),
  HTTPBearer: (more) => new HTTPBearer(more),
  HTTPDigest: (more) => new HTTPDigest({ findUser: () => null, ...more }),
  HTTPScheme: (more) => new HTTPScheme({ scheme: 'Negotiate', ...more }),
  MutualTLS: (more) => new MutualTLS(more),
  OAuth2: (more) => new OAuth2({ flows: { password: inFlow }, ...more }),
  'OAuth2: password': (more) => new OAuth2({ flows: { password: { ...inFlow, ...more } } }),
  'OAuth2: implicit': (more) =>
    new OAuth2({ flows: { implicit: { authorizationUrl: 'authorize', scopes: {}, ...more } } }),
  OAuth2PasswordBearer: (more) => new OAuth2PasswordBearer({ tokenUrl: 'token', ...more }),
  OAuth2AuthorizationCodeBearer: (more) => new OAuth2AuthorizationCodeBearer({ ...urls, ...more }),
  OAuth2ClientCredentialsBearer: (more) =>
    new OAuth2ClientCredentialsBearer({ tokenUrl: 'token', ...more }),
  OpenIdConnect: (more) => new OpenIdConnect({ openIdConnectUrl: 'openid', ...more }),
  PassportScheme: (more) =>
    new PassportScheme({ strategy, securityScheme: { type: 'mutualTLS' }, ...more }),
  'PassportScheme: securityScheme': (more) =>
    new PassportScheme({ strategy, securityScheme: { type: 'http', scheme: 'bearer', ...more } }),
  'PassportScheme: clientCredentials': (more) =>
    new PassportScheme({
      strategy,
      securityScheme: { type: 'oauth2', flows: { clientCredentials: { ...inFlow, ...more } } },
    }),
  'clientCertificate()': (more) => clientCertificate({ headers: {} }, more),
  'JwtVerifier.fromSecret()': (more) => JwtVerifier.fromSecret(secret, { ...expected, ...more }),
  'JwtVerifier.fromKey()': (more) => JwtVerifier.fromKey('', { ...expected, ...more }),
  'JwtVerifier.fromJwks()': (more) => JwtVerifier.fromJwks({ keys: [] }, { ...expected, ...more }),
  'JwtVerifier.fromJwksUrl()': (more) => JwtVerifier.fromJwksUrl(issuer, { ...expected, ...more }),
  'JwtVerifier.fromIssuer()': (more) => JwtVerifier.fromIssuer(issuer, { audience, ...more }),
  'JwtVerifier.fromIssuers()': (more) => JwtVerifier.fromIssuers([issuer], { audience, ...more }),
  'JwtVerifier: cache': (cache) => JwtVerifier.fromSecret(secret, { ...expected, cache }),
  TokenIntrospector: (more) => new TokenIntrospector({ endpoint: issuer, ...client, ...more }),
  'TokenIntrospector: cache': (cache) =>
    new TokenIntrospector({ endpoint: issuer, ...client, cache }),
  DpopVerifier: (more) => new DpopVerifier({ ...proofs, ...more }),
  'DpopVerifier: nonce': (more) =>
    new DpopVerifier({ ...proofs, nonce: { secret: new Uint8Array(32), ...more } }),
  requireCertificateBinding: (more) => requireCertificateBinding({}, undefined, more),
  APIKeys: (more) => new APIKeys({ prefix: 'shop', store: new MemoryAPIKeyStore(), ...more }),
  'graphql()': (more) => graphql(more),
  'webSockets()': (more) => webSockets(more),
  'microservices()': (more) => microservices(more),
  'mcp()': (more) => mcp([], more),
  'swaggerUiOptions()': (more) => swaggerUiOptions({} as never, { clientId: 'ui', ...more }),
  '@PasswordForm()': (more) => PasswordForm(more),
  '@TokenRequest()': (more) => TokenRequest(more),
  'Form.grant': (more) => TokenRequest({ grants: [formOf({ ...table, ...more })] }),
  'Form.grant.fields.code': (code) =>
    TokenRequest({ grants: [formOf({ ...table, fields: { code } })] }),
};

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  it('refuses an option that it does not read', () => {
    expect(() => call({ colour: 'red' })).toThrow(ConfigurationError);
    expect(() => call({ colour: 'red' })).toThrow(`${name}: colour is not among its options`);
  });
});

it.each<[string, object, string]>([
  ['HTTPBearer', { relm: 'x' }, 'HTTPBearer: relm is not among its options: did you mean realm?'],
  ['HTTPBearer', { schemeName: 'Jwt', bearerMethod: [] }, 'Jwt: bearerMethod is not among'],
  [
    'MutualTLS',
    { autoerror: false },
    'autoerror is not among its options: did you mean autoError?',
  ],
  ['OAuth2PasswordBearer', { scope: {} }, 'did you mean scopes?'],
  ['JwtVerifier.fromIssuer()', { issuer }, 'issuer is not among its options, which are audience, '],
  ['JwtVerifier.fromSecret()', { maxTokenage: 60 }, 'did you mean maxTokenAge?'],
  ['DpopVerifier: nonce', { lifeTime: 1 }, 'did you mean lifetime?'],
  ['@PasswordForm()', { strickt: true }, 'did you mean strict?'],
  ['OAuth2: password', { refreshurl: 'token' }, 'did you mean refreshUrl?'],
  ['OAuth2: implicit', { tokenUrl: 'token' }, 'tokenUrl is not among its options'],
  ['PassportScheme: securityScheme', { bearerformat: 'JWT' }, 'did you mean bearerFormat?'],
  [
    'PassportScheme: securityScheme',
    { type: 'basic' },
    'securityScheme.type must be one of apiKey',
  ],
  ['PassportScheme: securityScheme', { type: 'oauth2', scheme: 'x' }, 'scheme is not among'],
  ['Form.grant.fields.code', { secrt: true }, 'did you mean secret?'],
  ['Form.grant', { client: 'authentificated' }, 'client must be one of optional, named, auth'],
])('%s says of %j what is meant', (name, more, message) => {
  expect(() => CALLS[name]!(more)).toThrow(message);
});

it.each<[string, (more: object) => Promise<unknown>]>([
  ['APIKeys.issue(): expiresin', (more) => keys.issue({ owner: 'ada', ...more })],
  ['APIKeys.rotate(): expiresin', (more) => keys.rotate('shop_1', more)],
  ['attack(): expiresin', (more) => attack({} as never, {} as never, more)],
  [
    'expectDocumentMatchesEnforcement(): expiresin',
    (more) => expectDocumentMatchesEnforcement({} as never, {} as never, more),
  ],
])('%s is refused, whoever waits for it', async (start, call) => {
  await expect(call({ expiresin: 60 })).rejects.toThrow(ConfigurationError);
  await expect(call({ expiresin: 60 })).rejects.toThrow(`${start} is not among its options`);
});

it.each<[string, (more: object) => unknown]>([
  ['MemoryStore: time', (more) => new MemoryStore(more)],
  ['RedisStore: time', (more) => new RedisStore({ client: {} as never, ...more })],
])('%s is refused without an error of Nest', (start, call) => {
  expect(() => call({ time: 1 })).toThrow(TypeError);
  expect(() => call({ time: 1 })).toThrow(`${start} is not among its options, which are `);
});

it('takes what OpenAPI calls an extension', () => {
  const flow = { ...inFlow, 'x-pkce': true };
  const securityScheme = { type: 'oauth2', flows: { password: flow }, 'x-own': 1 } as const;
  expect(new OAuth2({ flows: { password: flow } }).describe().flows.password).toBe(flow);
  expect(new PassportScheme({ strategy, securityScheme }).describe()).toMatchObject(securityScheme);
});

it.each<[string, () => unknown]>([
  ['graphql()', () => graphql(null as never)],
  ['webSockets()', () => webSockets(null as never)],
  ['microservices()', () => microservices('payload' as never)],
  ['mcp()', () => mcp([], null as never)],
  ['JwtVerifier.fromSecret()', () => JwtVerifier.fromSecret(secret, undefined as never)],
  ['TokenIntrospector', () => new TokenIntrospector(undefined as never)],
  ['DpopVerifier', () => new DpopVerifier(null as never)],
  ['APIKeys', () => new APIKeys(undefined as never)],
  ['swaggerUiOptions()', () => swaggerUiOptions({} as never, undefined as never)],
  ['@PasswordForm()', () => PasswordForm(class Pipe {} as never)],
])('%s needs an object of options', (name, call) => {
  expect(call).toThrow(new ConfigurationError(`${name}: its options must be an object`));
});

it('refuses a misspelt option of setupProtectedSwagger, which takes those of Swagger too', async () => {
  const options = { security: new HTTPBearer(), scope: ['docs'] };
  await expect(setupProtectedSwagger('docs', {} as never, {} as never, options)).rejects.toThrow(
    new ConfigurationError(
      'setupProtectedSwagger(): scope is not among its options: did you mean scopes?',
    ),
  );
});
