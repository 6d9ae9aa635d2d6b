import type { Type } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { createDocument } from 'nestjs-security/openapi';
import { accessMatrix, actors } from 'nestjs-security/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AppModule as SimpleOAuth2 } from '../../sample/01-simple-oauth2/app.module.js';
import { UserToken as SessionToken } from '../../sample/01-simple-oauth2/user-token.scheme.js';
import { AppModule as OAuth2Scopes } from '../../sample/02-oauth2-scopes/app.module.js';
import { UserToken as ScopedToken } from '../../sample/02-oauth2-scopes/user-token.scheme.js';
import { headerKey } from '../../sample/03-every-scheme/api-key/api-keys.js';
import { AppModule as EveryScheme } from '../../sample/03-every-scheme/app.module.js';
import { AppModule as TokenServer } from '../../sample/04-token-server/app.module.js';
import { ServiceKey } from '../../sample/04-token-server/service-key.scheme.js';
import { UserToken as AccountToken } from '../../sample/04-token-server/user-token.scheme.js';
import { AccessToken } from '../../sample/05-resource-server/access-token.scheme.js';
import { AppModule as ResourceServer } from '../../sample/05-resource-server/app.module.js';
import { AppModule as EveryContext } from '../../sample/06-every-context/app.module.js';
import { UserToken as ContextToken } from '../../sample/06-every-context/user-token.scheme.js';
import { OpenIdProvider } from '../sample/openid-provider.js';
import { adapters } from '../support/adapters.js';

type People = Record<string, Record<string, string>>;

interface Sample {
  sample: string;
  module: Type;
  people: (builder: TestingModuleBuilder) => () => People;
  expected: string;
}

const nobody = {};
const johndoe = {
  username: 'johndoe',
  email: 'johndoe@example.com',
  fullName: 'John Doe',
  disabled: false,
};

const samples: Sample[] = [
  {
    sample: '01-simple-oauth2',
    module: SimpleOAuth2,
    people: (builder) => {
      const users = actors(builder, SessionToken);
      return () => ({ johndoe: users.headers(johndoe), nobody });
    },
    expected: `
Operation      johndoe  nobody
POST /token    yes      yes
GET /users/me  yes      401
`,
  },
  {
    sample: '02-oauth2-scopes',
    module: OAuth2Scopes,
    people: (builder) => {
      const users = actors(builder, ScopedToken);
      return () => ({
        all: users.headers(johndoe, ['me', 'items']),
        me: users.headers(johndoe, ['me']),
        nobody,
      });
    },
    expected: `
Operation            all  me   nobody
GET /status          yes  yes  401
POST /token          yes  yes  yes
GET /users/me        yes  yes  401
GET /users/me/items  yes  403  401
`,
  },
  {
    sample: '03-every-scheme',
    module: EveryScheme,
    people: (builder) => {
      const keys = actors(builder, headerKey);
      return () => ({ demo: keys.headers({ name: 'demo' }), nobody });
    },
    expected: `
Operation                       demo  nobody
GET /all-of                     401   401
GET /any-of                     yes   401
GET /api-key/cookie             401   401
POST /api-key/cookie            yes   401
GET /api-key/header             yes   401
GET /api-key/query              401   401
POST /device_authorization      yes   yes
GET /http/basic                 401   401
GET /http/bearer                401   401
GET /http/digest                401   401
GET /http/gnap                  401   401
GET /oauth2/authorization-code  401   401
GET /oauth2/client-credentials  401   401
GET /oauth2/device              401   401
GET /oauth2/implicit            401   401
GET /oauth2/password            401   401
GET /open-id-connect            401   401
GET /optional                   yes   yes
GET /passport                   401   401
GET /public                     yes   yes
POST /token                     yes   yes
`,
  },
  {
    sample: '04-token-server',
    module: TokenServer,
    people: (builder) => {
      const users = actors(builder, AccountToken);
      const services = actors(builder, ServiceKey);
      return () => ({
        johndoe: users.headers(johndoe, ['me']),
        service: services.headers('backend', ['users']),
        nobody,
      });
    },
    expected: `
Operation                                    johndoe  service  nobody
GET /.well-known/jwks.json                   yes      yes      yes
GET /.well-known/oauth-authorization-server  yes      yes      yes
GET /api-keys                                401      401      401
POST /api-keys                               401      401      401
DELETE /api-keys/{id}                        401      401      401
POST /api-keys/{id}/rotation                 401      401      401
POST /revoke                                 yes      yes      yes
POST /token                                  yes      yes      yes
GET /users                                   401      401      401
GET /users/count                             401      yes      401
GET /users/me                                yes      401      401
`,
  },
  {
    sample: '05-resource-server',
    module: ResourceServer,
    people: (builder) => {
      const users = actors(builder, AccessToken);
      return () => ({
        writer: users.headers({ id: 'ada' }, ['notes:read', 'notes:write']),
        reader: users.headers({ id: 'bob' }, ['notes:read']),
        nobody,
      });
    },
    expected: `
Operation    writer  reader  nobody
GET /notes   yes     yes     401
POST /notes  yes     403     401
`,
  },
  {
    sample: '06-every-context',
    module: EveryContext,
    people: (builder) => {
      const users = actors(builder, ContextToken);
      return () => ({ ada: users.headers('ada'), nobody });
    },
    expected: `
Operation      ada  nobody
GET /greeting  yes  401
GET /me        yes  401
POST /token    yes  yes
`,
  },
];

let provider: OpenIdProvider;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  vi.stubEnv('ISSUER', provider.issuer);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await provider.down();
});

it.each(samples)(
  'who may call what of $sample',
  { timeout: 60_000 },
  async ({ module, people, expected }) => {
    const builder = Test.createTestingModule({ imports: [module] });
    const headers = people(builder);
    const compiled = await builder.compile();
    const app = compiled.createNestApplication(adapters[0]!.create(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const document = createDocument(app, new DocumentBuilder().build());
    const matrix = await accessMatrix(app, document, headers());
    await app.close();
    expect(`\n${matrix}\n`).toBe(expected);
  },
);
