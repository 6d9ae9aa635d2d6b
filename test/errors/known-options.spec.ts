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
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { MutualTLS } from '../../lib/schemes/mutual-tls.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import { PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { TokenRequest } from '../../lib/token-endpoint/token-request.js';
import { requireCertificateBinding } from '../../lib/tokens/certificate-binding.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { TokenIntrospector } from '../../lib/tokens/token-introspector.js';

const urls = { tokenUrl: 'token', authorizationUrl: 'authorize' };
const expected = { issuer: 'https://login.example', audience: 'api' };
const { issuer, audience } = expected;
const strategy = { authenticate() {} };
const proofs = { baseUrl: 'https://api.example', store: new MemoryStore() };
const client = { clientId: 'api', clientSecret: 'secret', audience };
const secret = 'x'.repeat(32);

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
  OAuth2: (more) => new OAuth2({ flows: { password: { ...urls, scopes: {} } }, ...more }),
  OAuth2PasswordBearer: (more) => new OAuth2PasswordBearer({ tokenUrl: 'token', ...more }),
  OAuth2AuthorizationCodeBearer: (more) => new OAuth2AuthorizationCodeBearer({ ...urls, ...more }),
  OAuth2ClientCredentialsBearer: (more) =>
    new OAuth2ClientCredentialsBearer({ tokenUrl: 'token', ...more }),
  OpenIdConnect: (more) => new OpenIdConnect({ openIdConnectUrl: 'openid', ...more }),
  PassportScheme: (more) =>
    new PassportScheme({ strategy, securityScheme: { type: 'mutualTLS' }, ...more }),
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
])('%s says of %j what is meant', (name, more, message) => {
  expect(() => CALLS[name]!(more)).toThrow(message);
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
