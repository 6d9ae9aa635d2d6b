import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocument } from '../../lib/openapi/index.js';
import { allOf } from '../../lib/requirements/algebra.js';
import { APIKeyCookie, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { appOf, configOf, key } from './app-of.js';
import {
  configureRich,
  OperationsModule,
  richApplication,
  TokensModule,
  VersionedModule,
} from './rich-application.js';

async function problemsOf(document: object): Promise<unknown> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(
    JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
  );
  return valid ? [] : (errors ?? ['invalid']);
}

const scopes = { items: 'Read your items.' };
const authorizationUrl = 'https://login.example/authorize';
const tokenUrl = 'https://login.example/token';
const validate = () => ({ user: 'johndoe' });
const schemes = [
  new APIKeyQuery({ schemeName: 'Query', name: 'key', description: 'A key.' }),
  new APIKeyCookie({ schemeName: 'Cookie', name: 'session' }),
  new HTTPBasic({ schemeName: 'Basic' }),
  new HTTPBearer({ schemeName: 'Bearer', bearerFormat: 'JWT', validate }),
  new HTTPDigest({ schemeName: 'Digest', findUser: () => null }),
  new HTTPScheme({ schemeName: 'Negotiate', scheme: 'Negotiate' }),
  new OAuth2({
    schemeName: 'Flows',
    deprecated: true,
    oauth2MetadataUrl: 'https://login.example/.well-known/oauth-authorization-server',
    flows: {
      implicit: { authorizationUrl, scopes },
      password: { tokenUrl, scopes },
      clientCredentials: { tokenUrl, scopes, refreshUrl: tokenUrl },
      authorizationCode: { authorizationUrl, tokenUrl, scopes },
      deviceAuthorization: { deviceAuthorizationUrl: authorizationUrl, tokenUrl, scopes },
    },
  }),
  new OAuth2({
    schemeName: 'DeviceOnly',
    flows: {
      deviceAuthorization: { deviceAuthorizationUrl: authorizationUrl, tokenUrl, scopes },
    },
  }),
  new OpenIdConnect({
    schemeName: 'Oidc',
    openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
  }),
];

describe.each(['3.0.0', '3.1.0', '3.2.0'])('A document of OpenAPI %s', (version) => {
  let app: INestApplication;
  let document: OpenAPIObject;
  beforeAll(async () => {
    const root = richApplication(
      [VersionedModule, OperationsModule, TokensModule],
      allOf(key, schemes[3]!),
    );
    app = await appOf({ ...root, providers: schemes.map(asProvider) });
    configureRich(app);
    await app.init();
    document = createDocument(app, configOf(version));
    // Swagger documents @All() with a method that OpenAPI does not know.
    delete (document.paths['/api/everything'] as Record<string, object>)['search'];
  });
  afterAll(() => app.close());

  it('holds every scheme of the application', () => {
    expect(Object.keys(document.components?.securitySchemes ?? {}).sort()).toEqual(
      ['User', 'Key', 'Operator', ...schemes.map(({ schemeName }) => schemeName)].sort(),
    );
  });

  it('says what came with OpenAPI 3.2 from then on', () => {
    const is32 = version === '3.2.0';
    const { Flows, DeviceOnly } = document.components!.securitySchemes! as Record<string, object>;
    expect(Object.hasOwn(Flows!, 'deprecated')).toBe(is32);
    expect(Object.hasOwn(Flows!, 'oauth2MetadataUrl')).toBe(is32);
    expect(Object.keys((DeviceOnly as { flows: object }).flows)).toStrictEqual(
      is32 ? ['deviceAuthorization'] : [],
    );
  });

  it('is valid', async () => {
    expect(await problemsOf(document)).toEqual([]);
  });

  it.each<{ name: string; breakIt: (document: OpenAPIObject) => void }>([
    {
      name: 'a security requirement',
      breakIt: ({ paths }) =>
        Object.assign(paths['/api/cats']!.get!, { security: [{ User: 'items' }] }),
    },
    {
      name: 'a security scheme',
      breakIt: ({ components }) =>
        Object.assign(components!.securitySchemes!['Key']!, { in: 'body' }),
    },
    {
      name: 'a response',
      breakIt: ({ paths }) =>
        Object.assign(paths['/api/cats']!.get!.responses['401']!, { content: 'text' }),
    },
  ])('would be invalid with a broken $name', async ({ breakIt }) => {
    const broken = structuredClone(document);
    breakIt(broken);

    expect(await problemsOf(broken)).not.toEqual([]);
  });
});

function asProvider(scheme: (typeof schemes)[number]) {
  return { provide: Symbol(scheme.schemeName), useValue: scheme };
}
