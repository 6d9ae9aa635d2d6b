import { runInNewContext } from 'node:vm';
import { Controller, Get, Module } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { createDocument } from '../../lib/openapi/create-document.js';
import {
  swaggerUiOptions,
  type SwaggerUiOAuthOptions,
} from '../../lib/openapi/swagger-ui-options.js';
import { PassportScheme } from '../../lib/passport/passport.scheme.js';
import { OAuth2 } from '../../lib/schemes/oauth2.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';
import { AuthModule } from '../../lib/auth.module.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { appOf, appWith, configOf, key } from './app-of.js';

const authorizationUrl = 'https://login.example/authorize';
const tokenUrl = 'https://login.example/token';

const code = new OAuth2({
  schemeName: 'Code',
  flows: { authorizationCode: { authorizationUrl, tokenUrl, scopes: { read: '', write: '' } } },
});
const machine = new OAuth2({
  schemeName: 'Machine',
  flows: { clientCredentials: { tokenUrl, scopes: { read: '', sync: '' } } },
});
const openId = new OpenIdConnect({
  schemeName: 'OpenId',
  openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
});
const passport = new PassportScheme({
  schemeName: 'Passport',
  strategy: { authenticate: () => undefined },
  securityScheme: {
    type: 'oauth2',
    flows: { authorizationCode: { authorizationUrl, tokenUrl, scopes: { me: '' } } },
  },
});

/** What Swagger UI is told in an application with these schemes. */
async function told(schemes: SecurityScheme[], options?: Partial<SwaggerUiOAuthOptions>) {
  const app = await appWith([], { schemes });
  try {
    return swaggerUiOptions(app, { clientId: 'docs', ...options }).swaggerOptions!;
  } finally {
    await app.close();
  }
}

describe('swaggerUiOptions', () => {
  it('should name the client, select every scope, use PKCE and keep nothing', async () => {
    expect(await told([code, key])).toEqual({
      initOAuth: {
        clientId: 'docs',
        scopes: ['read', 'write'],
        usePkceWithAuthorizationCodeGrant: true,
      },
      oauth2RedirectUrl: expect.any(Function),
      persistAuthorization: false,
      plugins: expect.any(Function),
    });
  });

  it('should pass on what it is given', async () => {
    const redirectUrl = 'https://api.example/docs/oauth2-redirect.html';
    const options = { clientSecret: 'demo', scopes: ['write'], redirectUrl, persist: true };
    expect(await told([code], options)).toEqual({
      initOAuth: {
        clientId: 'docs',
        clientSecret: 'demo',
        scopes: ['write'],
        usePkceWithAuthorizationCodeGrant: true,
      },
      oauth2RedirectUrl: redirectUrl,
      persistAuthorization: true,
      plugins: expect.any(Function),
    });
  });

  it.each([
    { name: 'an authorization code flow', schemes: [code], pkce: true, scopes: ['read', 'write'] },
    { name: 'a strategy that documents one', schemes: [passport], pkce: true, scopes: ['me'] },
    { name: 'an OpenID provider', schemes: [openId], pkce: true, scopes: ['openid'] },
    { name: 'another flow only', schemes: [machine], pkce: false, scopes: ['read', 'sync'] },
    { name: 'no flow', schemes: [key], pkce: false, scopes: [] },
    {
      name: 'two that share a scope',
      schemes: [machine, code],
      pkce: true,
      scopes: ['read', 'sync', 'write'],
    },
  ])('should use PKCE ($pkce) and select $scopes with $name', async ({ schemes, pkce, scopes }) => {
    const { initOAuth } = await told(schemes);
    expect(initOAuth).toMatchObject({ usePkceWithAuthorizationCodeGrant: pkce, scopes });
  });

  it('should take any scope where an OpenID provider says which there are', async () => {
    const { initOAuth } = await told([openId, code], { scopes: ['openid', 'read'] });
    expect(initOAuth?.scopes).toEqual(['openid', 'read']);
  });

  it.each([
    { options: { clientId: '' }, message: 'clientId must be the name of a client' },
    { options: { clientId: undefined as never }, message: 'clientId must be the name of a client' },
    { options: { scopes: ['raed'] }, message: 'no scheme declares the scope raed' },
    { options: { redirectUrl: '/docs' }, message: 'redirectUrl must be an absolute URL' },
    { options: { redirectUrl: 'javascript:1' }, message: 'redirectUrl must be an absolute URL' },
  ])('should refuse $options', async ({ options, message }) => {
    const refused = expect(told([code], options)).rejects;
    await refused.toThrow(ConfigurationError);
    await expect(told([code], options)).rejects.toThrow(message);
  });

  it('should say that AuthModule is missing', async () => {
    const app = await appOf(class EmptyModule {});
    expect(() => swaggerUiOptions(app, { clientId: 'docs' })).toThrow(ConfigurationError);
    expect(() => swaggerUiOptions(app, { clientId: 'docs' })).toThrow(
      'swaggerUiOptions() needs AuthModule: import AuthModule.forRoot() in the root module',
    );
    await app.close();
  });
});

@Controller()
class PageController {
  @Get('page')
  page() {}
}

@Module({ imports: [AuthModule.forRoot({ schemes: [code] })], controllers: [PageController] })
class PageModule {}

describe.each(adapters)('Swagger UI on $name', (adapter) => {
  describe.each(['docs', 'internal/docs'])('at /%s', (path) => {
    let running: RunningApp;

    beforeAll(async () => {
      running = await createApp(adapter, PageModule, (app) => {
        const options = swaggerUiOptions(app, { clientId: '</script>"' });
        SwaggerModule.setup(path, app, () => createDocument(app, configOf()), options);
      });
    });
    afterAll(() => running.app.close());

    it.each(['', '/'])('should be sent back to a page that is there, from "%s"', async (slash) => {
      const page = `${running.url}/${path}${slash}`;
      const { oauth2RedirectUrl, initOAuth } = await configured(page);
      expect(initOAuth.clientId).toBe('</script>"');
      expect(oauth2RedirectUrl).toBe(`${running.url}/${path}/oauth2-redirect.html`);

      const answer = await fetch(`${oauth2RedirectUrl}?code=1&state=2`);
      expect(answer.status).toBe(200);
      const script = /<script src="([^"]+)"/.exec(await answer.text())![1]!;
      expect((await fetch(new URL(script, oauth2RedirectUrl))).status).toBe(200);
    });
  });
});

interface Configuration {
  oauth2RedirectUrl: string;
  initOAuth: { clientId: string };
}

/** Runs a page's own script as a browser would, up to where it starts Swagger UI. */
async function configured(page: string): Promise<Configuration> {
  const html = await (await fetch(page)).text();
  const source = (name: string) =>
    new URL(new RegExp(`src="([^"]*${name})"`).exec(html)![1]!, page);
  const init = await (await fetch(source('swagger-ui-init.js'))).text();
  let found: Configuration | undefined;
  const SwaggerUIBundle = Object.assign(
    (options: Configuration) => ((found = options), { initOAuth: () => undefined }),
    { presets: {}, plugins: {} },
  );
  const window = { location: new URL(page), onload: () => undefined };
  const document = {
    querySelector: (selector: string) => ({ src: source(/"(.*)"/.exec(selector)![1]!).href }),
  };
  runInNewContext(`${init};window.onload()`, {
    window,
    document,
    URL,
    SwaggerUIBundle,
    SwaggerUIStandalonePreset: {},
  });
  return found!;
}
