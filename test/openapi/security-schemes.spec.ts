import { describe, expect, it } from 'vitest';
import { securitySchemes } from '../../lib/openapi/security-schemes.js';
import { PassportScheme } from '../../lib/passport/passport.scheme.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';

const description = 'Ask *operations* for one.';
const COOKIE =
  'Swagger UI cannot send this cookie: a browser sends it by itself, once the application has set it.';
const schemeName = 'Scheme';
const strategy = { authenticate: () => undefined };
const scopes = { items: 'Read your items.' };
const implicit = { authorizationUrl: 'https://login.example/authorize', scopes };
const deviceAuthorization = { deviceAuthorizationUrl: '/device', tokenUrl: '/token', scopes };
const openIdConnectUrl = 'https://login.example/.well-known/openid-configuration';

function documented(version: number, ...schemes: SecurityScheme[]): object {
  return securitySchemes(
    schemes.map((scheme) => ({ scheme, references: new Set() })),
    version,
  );
}

interface Row {
  name: string;
  scheme: SecurityScheme;
  object: object;
}

const rows: Row[] = [
  {
    name: 'APIKeyHeader',
    scheme: new APIKeyHeader({ schemeName, name: 'X-API-Key' }),
    object: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  },
  {
    name: 'APIKeyQuery',
    scheme: new APIKeyQuery({ schemeName, name: 'api key' }),
    object: { type: 'apiKey', in: 'query', name: 'api key' },
  },
  {
    name: 'APIKeyCookie',
    scheme: new APIKeyCookie({ schemeName, name: 'session' }),
    object: { type: 'apiKey', in: 'cookie', name: 'session', description: COOKIE },
  },
  {
    name: 'HTTPBasic',
    scheme: new HTTPBasic({ schemeName, realm: 'Not in a document' }),
    object: { type: 'http', scheme: 'basic' },
  },
  {
    name: 'HTTPBearer',
    scheme: new HTTPBearer({ schemeName }),
    object: { type: 'http', scheme: 'bearer' },
  },
  {
    name: 'HTTPBearer with a format',
    scheme: new HTTPBearer({ schemeName, bearerFormat: 'JWT' }),
    object: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  },
  {
    name: 'HTTPDigest',
    scheme: new HTTPDigest({ schemeName, findUser: () => null }),
    object: { type: 'http', scheme: 'digest' },
  },
  {
    name: 'HTTPScheme',
    scheme: new HTTPScheme({ schemeName, scheme: 'Negotiate' }),
    object: { type: 'http', scheme: 'Negotiate' },
  },
  {
    name: 'OAuth2',
    scheme: new OAuth2({ schemeName, flows: { implicit } }),
    object: { type: 'oauth2', flows: { implicit } },
  },
  {
    name: 'OAuth2PasswordBearer without scopes',
    scheme: new OAuth2PasswordBearer({ schemeName, tokenUrl: 'token' }),
    object: { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } },
  },
  {
    name: 'OAuth2PasswordBearer with everything',
    scheme: new OAuth2PasswordBearer({
      schemeName,
      tokenUrl: 'token',
      refreshUrl: 'refresh',
      scopes,
    }),
    object: {
      type: 'oauth2',
      flows: { password: { tokenUrl: 'token', refreshUrl: 'refresh', scopes } },
    },
  },
  {
    name: 'OAuth2AuthorizationCodeBearer',
    scheme: new OAuth2AuthorizationCodeBearer({
      schemeName,
      authorizationUrl: '/authorize',
      tokenUrl: '/token',
      scopes,
    }),
    object: {
      type: 'oauth2',
      flows: { authorizationCode: { authorizationUrl: '/authorize', tokenUrl: '/token', scopes } },
    },
  },
  {
    name: 'OAuth2ClientCredentialsBearer',
    scheme: new OAuth2ClientCredentialsBearer({ schemeName, tokenUrl: '/token' }),
    object: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token', scopes: {} } } },
  },
  {
    name: 'OpenIdConnect',
    scheme: new OpenIdConnect({ schemeName, openIdConnectUrl }),
    object: { type: 'openIdConnect', openIdConnectUrl },
  },
  {
    name: 'PassportScheme',
    scheme: new PassportScheme({
      schemeName,
      strategy,
      securityScheme: { type: 'apiKey', in: 'query', name: 'key' },
    }),
    object: { type: 'apiKey', in: 'query', name: 'key' },
  },
];

describe('A scheme in a document', () => {
  it.each(rows.flatMap((row) => [3, 3.1, 3.2].map((version) => ({ version, ...row }))))(
    'is a Security Scheme Object and no more: $name in OpenAPI $version',
    ({ scheme, object, version }) => {
      expect(documented(version, scheme)).toStrictEqual({ Scheme: object });
    },
  );

  it.each<{ name: string; scheme: SecurityScheme }>([
    { name: 'APIKeyHeader', scheme: new APIKeyHeader({ schemeName, description, name: 'K' }) },
    { name: 'APIKeyQuery', scheme: new APIKeyQuery({ schemeName, description, name: 'K' }) },
    { name: 'APIKeyCookie', scheme: new APIKeyCookie({ schemeName, description, name: 'K' }) },
    { name: 'HTTPBasic', scheme: new HTTPBasic({ schemeName, description }) },
    { name: 'HTTPBearer', scheme: new HTTPBearer({ schemeName, description }) },
    {
      name: 'HTTPDigest',
      scheme: new HTTPDigest({ schemeName, description, findUser: () => null }),
    },
    { name: 'HTTPScheme', scheme: new HTTPScheme({ schemeName, description, scheme: 'HOBA' }) },
    { name: 'OAuth2', scheme: new OAuth2({ schemeName, description, flows: { implicit } }) },
    {
      name: 'OAuth2PasswordBearer',
      scheme: new OAuth2PasswordBearer({ schemeName, description, tokenUrl: 'token' }),
    },
    {
      name: 'OpenIdConnect',
      scheme: new OpenIdConnect({ schemeName, description, openIdConnectUrl }),
    },
    {
      name: 'PassportScheme',
      scheme: new PassportScheme({
        schemeName,
        description,
        strategy,
        securityScheme: { type: 'http', scheme: 'bearer' },
      }),
    },
  ])('carries its description: $name', ({ scheme }) => {
    expect(documented(3, scheme)).toEqual({
      Scheme: expect.objectContaining({
        description: scheme instanceof APIKeyCookie ? `${description}\n\n${COOKIE}` : description,
      }),
    });
  });

  it('stands under its class name when it has no other', () => {
    class SessionCookie extends APIKeyCookie {}

    expect(documented(3, new SessionCookie({ name: 'session' }))).toEqual({
      SessionCookie: { type: 'apiKey', in: 'cookie', name: 'session', description: COOKIE },
    });
  });

  it('stands beside the others in the order of registration', () => {
    const schemes = ['b', 'a', 'c'].map((name) => new HTTPBasic({ schemeName: name }));

    expect(Object.keys(documented(3, ...schemes))).toEqual(['b', 'a', 'c']);
  });
});

describe('The device flow', () => {
  const withDevice = [
    {
      name: 'OAuth2',
      scheme: new OAuth2({ schemeName, flows: { implicit, deviceAuthorization } }),
    },
    {
      name: 'PassportScheme',
      scheme: new PassportScheme({
        schemeName,
        strategy,
        securityScheme: { type: 'oauth2', flows: { implicit, deviceAuthorization } },
      }),
    },
  ];

  it.each(withDevice)('is documented from OpenAPI 3.2 on: $name', ({ scheme }) => {
    expect(documented(3.2, scheme)).toStrictEqual({
      Scheme: { type: 'oauth2', flows: { implicit, deviceAuthorization } },
    });
  });

  it.each(withDevice.flatMap((row) => [3, 3.1].map((version) => ({ version, ...row }))))(
    'is left out before: $name in OpenAPI $version',
    ({ scheme, version }) => {
      expect(documented(version, scheme)).toStrictEqual({
        Scheme: { type: 'oauth2', flows: { implicit } },
      });
    },
  );

  it('is still the scheme’s own after an older document left it out', () => {
    const scheme = new OAuth2({ schemeName, flows: { deviceAuthorization } });
    documented(3, scheme);

    expect(scheme.flows).toEqual({ deviceAuthorization });
  });
});

describe('what OpenAPI 3.2 added', () => {
  const oauth2 = new OAuth2({
    schemeName,
    deprecated: true,
    oauth2MetadataUrl: 'https://login.example/.well-known/oauth-authorization-server',
    flows: { implicit, deviceAuthorization },
  });
  const key = new APIKeyHeader({ schemeName, name: 'X-API-Key', deprecated: true });

  it.each([
    [3.1, { type: 'oauth2', flows: { implicit } }],
    [3, { type: 'oauth2', flows: { implicit } }],
    [
      3.2,
      {
        type: 'oauth2',
        flows: { implicit, deviceAuthorization },
        oauth2MetadataUrl: 'https://login.example/.well-known/oauth-authorization-server',
        deprecated: true,
      },
    ],
  ])('should stand in documents of 3.2 alone: %s', (version, object) => {
    expect(documented(version, oauth2)).toStrictEqual({ [schemeName]: object });
  });

  it('should stand under schemes of every type', () => {
    const object = { type: 'apiKey', in: 'header', name: 'X-API-Key' };
    expect(documented(3.2, key)).toStrictEqual({ [schemeName]: { ...object, deprecated: true } });
    expect(documented(3.1, key)).toStrictEqual({ [schemeName]: object });
  });

  it('should throw if constructed with a metadata URL that is none', () => {
    const options = { schemeName, flows: { implicit }, oauth2MetadataUrl: 'http://[' };
    expect(() => new OAuth2(options)).toThrow('Scheme: oauth2MetadataUrl');
  });
});
