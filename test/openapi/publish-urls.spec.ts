import { Controller, Get, Post, VersioningType } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { swaggerUiOptions } from '../../lib/openapi/swagger-ui-options.js';
import { anonymous, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyCookie } from '../../lib/schemes/api-key.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { appWith, configOf, key } from './app-of.js';

const validate = () => null;
const flows = (urls: { tokenUrl: string; authorizationUrl?: string; refreshUrl?: string }) =>
  new OAuth2({
    schemeName: 'User',
    flows: { authorizationCode: { authorizationUrl: 'authorize', scopes: {}, ...urls } },
    validate,
  });

@Controller({ path: 'login', version: '1' })
@Public()
class Login {
  @Post('token')
  token() {}
  @Post('refresh')
  refresh() {}
  @Get('authorize')
  authorize() {}
  @Get('.well-known/openid-configuration')
  discovery() {}
}

type Server = NonNullable<OpenAPIObject['servers']>[number];

/** What a document says of the schemes of an application with a prefix and versions. */
async function published(scheme: OAuth2 | OpenIdConnect, ...servers: Server[]) {
  const app = await appWith([Login], { schemes: [scheme] });
  app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI });
  try {
    const document = createDocument(app, { ...configOf(), servers });
    return Object.values(document.components!.securitySchemes!)[0] as {
      flows?: { authorizationCode: Record<string, unknown> };
      openIdConnectUrl?: string;
    };
  } finally {
    await app.close();
  }
}

const V1 = '/api/v1/login';

describe('A document', () => {
  it.each([
    ['token', `${V1}/token`],
    ['login/token', `${V1}/token`],
    ['/api/v1/login/token', `${V1}/token`],
    ['token?tenant=a', `${V1}/token?tenant=a`],
    ['oauth/elsewhere', '/oauth/elsewhere'],
    ['https://login.example/token', 'https://login.example/token'],
  ])('has the path of the route that the URL %s means', async (tokenUrl, expected) => {
    const { flows: found } = await published(flows({ tokenUrl }));
    expect(found?.authorizationCode).toMatchObject({ tokenUrl: expected });
  });

  it('has that of every URL of a flow', async () => {
    const { flows: found } = await published(flows({ tokenUrl: 'token', refreshUrl: 'refresh' }));
    expect(found?.authorizationCode).toStrictEqual({
      authorizationUrl: `${V1}/authorize`,
      tokenUrl: `${V1}/token`,
      refreshUrl: `${V1}/refresh`,
      scopes: {},
    });
  });

  it('has that of discovery', async () => {
    const openIdConnectUrl = '.well-known/openid-configuration';
    const scheme = new OpenIdConnect({ schemeName: 'Id', openIdConnectUrl, validate });
    expect(await published(scheme)).toMatchObject({
      openIdConnectUrl: `${V1}/.well-known/openid-configuration`,
    });
  });

  it.each<[string, Server[], string]>([
    ['of a path', [{ url: '/behind' }], `/behind${V1}/token`],
    ['with a slash at its end', [{ url: '/behind/' }], `/behind${V1}/token`],
    ['of a host', [{ url: 'https://api.example/v' }], `https://api.example/v${V1}/token`],
    ['that comes first', [{ url: '/' }, { url: 'https://other.example' }], `${V1}/token`],
    [
      'with variables',
      [{ url: 'https://{host}/v', variables: { host: { default: 'api.example' } } }],
      `https://api.example/v${V1}/token`,
    ],
  ])('has it below the server %s', async (_which, servers, expected) => {
    const { flows: found } = await published(flows({ tokenUrl: 'token' }), ...servers);
    expect(found?.authorizationCode).toMatchObject({ tokenUrl: expected });
  });

  it.each<[string, Server[], string]>([
    ['of the prefix', [{ url: '/api' }], `${V1}/token`],
    ['of another prefix', [{ url: '/behind' }], '/behind/v1/login/token'],
    ['of none', [], `${V1}/token`],
  ])(
    'has it as its paths are, which leave the prefix to a server %s',
    async (_which, servers, expected) => {
      const app = await appWith([Login], { schemes: [flows({ tokenUrl: 'token' })] });
      app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI });
      const document = createDocument(
        app,
        { ...configOf(), servers },
        { ignoreGlobalPrefix: true },
      );
      await app.close();
      expect(Object.keys(document.paths)).toContain('/v1/login/token');
      expect(document.components?.securitySchemes).toMatchObject({
        User: { flows: { authorizationCode: { tokenUrl: expected } } },
      });
    },
  );

  const cookie = new APIKeyCookie({ schemeName: 'Cookie', name: 'sid', validate });

  @Controller()
  class Pages {
    @Get('optional')
    @Security(optional(key))
    page() {}
    @Get('either')
    @Security(anyOf(key, anonymous))
    either() {}
    @Get('closed')
    @Security(anyOf(key, cookie))
    closed() {}
    @Get('open')
    @Public()
    open() {}
  }

  it('explains the padlock of optional routes, and cookies', async () => {
    const app = await appWith([Pages], { schemes: [key, cookie] });
    const { paths, components } = createDocument(app, configOf());
    await app.close();
    const explained = Object.entries(paths).map(([path, { get }]) => [path, get?.description]);
    const note =
      'Credentials are optional here: a request without them is anonymous, one with wrong ones is refused.';
    expect(Object.fromEntries(explained)).toStrictEqual({
      '/optional': note,
      '/either': note,
      '/closed': undefined,
      '/open': undefined,
    });
    expect(components?.securitySchemes?.['Cookie']).toMatchObject({
      description:
        'Swagger UI cannot send this cookie: a browser sends it by itself, once the application has set it.',
    });
    expect(components?.securitySchemes?.['Key']).not.toHaveProperty('description');
  });
});

describe('the forwarded prefix', () => {
  type Patch = (request: unknown, response: unknown, document: OpenAPIObject) => OpenAPIObject;

  async function patch(header: unknown, servers: Server[] = []) {
    const scheme = flows({ tokenUrl: 'token', refreshUrl: 'https://login.example/refresh' });
    const app = await appWith([Login], { schemes: [scheme] });
    const document = createDocument(app, { ...configOf(), servers });
    const options = swaggerUiOptions(app, { clientId: 'docs', forwardedPrefix: true });
    await app.close();
    const { patchDocumentOnRequest } = options as { patchDocumentOnRequest: Patch };
    const before = JSON.stringify(document);
    const patched = patchDocumentOnRequest(
      { headers: { 'x-forwarded-prefix': header } },
      {},
      document,
    );
    expect(JSON.stringify(document)).toBe(before);
    const { User } = patched.components!.securitySchemes! as unknown as {
      User: { flows: { authorizationCode: { tokenUrl: string; refreshUrl: string } } };
    };
    const { tokenUrl, refreshUrl } = User.flows.authorizationCode;
    expect(refreshUrl).toBe('https://login.example/refresh');
    return [patched.servers, tokenUrl];
  }

  it.each<[string, Server[], Server[], string]>([
    ['/svc', [], [{ url: '/svc' }], '/svc/login/token'],
    ['/svc/', [], [{ url: '/svc' }], '/svc/login/token'],
    ['/a/b-c_1.0~', [], [{ url: '/a/b-c_1.0~' }], '/a/b-c_1.0~/login/token'],
    ['/svc', [{ url: '/' }], [{ url: '/svc' }], '/svc/login/token'],
    ['/svc', [{ url: '/v' }], [{ url: '/svc/v' }], '/svc/v/login/token'],
    [
      '/svc',
      [{ url: 'https://api.example' }],
      [{ url: 'https://api.example' }],
      'https://api.example/login/token',
    ],
  ])('%s is put before paths', async (header, servers, expected, tokenUrl) => {
    expect(await patch(header, servers)).toStrictEqual([expected, tokenUrl]);
  });

  it.each([
    undefined,
    '',
    '/',
    'svc',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/svc//evil',
    '/svc, /other',
    '/../up',
    '/svc/..',
    '/.',
    '/a?b',
    '/a#b',
    '/a b',
    '/a\r\nb',
    '/%2F',
    '/{host}',
    '/<script>',
    ['/svc'],
  ])('%j is left alone', async (header) => {
    expect(await patch(header)).toStrictEqual([[], '/login/token']);
  });

  it('is not looked at unless that is asked for', async () => {
    const app = await appWith([Login], { schemes: [key] });
    const options = swaggerUiOptions(app, { clientId: 'docs' });
    await app.close();
    expect(options).not.toHaveProperty('patchDocumentOnRequest');
  });
});
