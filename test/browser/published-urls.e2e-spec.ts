import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  AuthModule,
  CurrentUser,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  Security,
} from 'nestjs-security';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { launchChromium, skipReason } from './chromium.js';
import { SwaggerUI } from './swagger-ui.js';

const user = new OAuth2PasswordBearer<string, 'me' | 'items'>({
  schemeName: 'User',
  tokenUrl: 'token',
  scopes: { me: 'Read your profile.', items: 'Read your items.' },
  validate: (token) => ({ user: token, scopes: token.split(' ') }),
});
const machine = new OAuth2ClientCredentialsBearer<string, 'sync' | 'items'>({
  schemeName: 'Machine',
  tokenUrl: 'token',
  scopes: { sync: 'Synchronise.', items: 'Read all items.' },
  validate: () => null,
});

@Controller()
class Users {
  @TokenEndpoint('token')
  token(@PasswordForm() { password, scopes }: OAuth2PasswordRequestForm) {
    if (password !== 'secret') throw new OAuth2Exception('invalid_grant', 'Incorrect password');
    // What was asked for, for the page to show.
    return { access_token: scopes.join('.') || 'none', token_type: 'bearer' };
  }

  @Get('users/me')
  @Security(user)
  me(@CurrentUser() asked: string) {
    return { asked };
  }

  @Get('sync')
  @Security(machine)
  sync() {}
}

const PAGES = ['docs', 'api/docs', 'internal/api/docs'];

function serve(app: INestApplication): void {
  app.setGlobalPrefix('api/v1');
  const options = swaggerUiOptions(app, { clientId: 'docs', forwardedPrefix: true });
  for (const page of PAGES) {
    SwaggerModule.setup(
      page,
      app,
      () => createDocument(app, new DocumentBuilder().build()),
      options,
    );
  }
}

/** A proxy that strips `/behind` from paths, and says so. */
async function proxyTo(url: string): Promise<Server> {
  const { port } = new URL(url);
  const proxy = createServer((request, response) => {
    if (!request.url?.startsWith('/behind/')) {
      response.writeHead(502).end();
      return;
    }
    const path = request.url.slice('/behind'.length);
    const headers = { ...request.headers, 'x-forwarded-prefix': '/behind' };
    const { method } = request;
    const onward = forward({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return proxy;
}

const title = skipReason === undefined ? 'Authorize' : `Authorize (${skipReason})`;

describe.skipIf(skipReason !== undefined)(title, { timeout: 60_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  }, 30_000);

  describe.each(adapters)('with a relative token URL on $name', (adapter) => {
    let running: RunningApp;
    let proxy: Server;

    beforeAll(async () => {
      running = await createApp(
        adapter,
        { imports: [AuthModule.forRoot({ schemes: [user, machine] })], controllers: [Users] },
        serve,
      );
      proxy = await proxyTo(running.url);
    });
    afterAll(async () => {
      proxy.close();
      await running.app.close();
    });

    /** Logs in as a person does, calls a route, and returns what the token endpoint was asked for. */
    async function logInAt(url: string, path: string): Promise<unknown> {
      const docs = await SwaggerUI.open(browser, url, path);
      try {
        await docs.logIn('john', 'secret');
        const me = docs.operation('get', '/api/v1/users/me');
        await docs.tryOut(me);
        return await docs.execute(me, 200);
      } finally {
        await docs.page.close();
      }
    }

    const own = { asked: 'me.items' };

    it.each(['/docs', '/docs/', '/api/docs/', '/internal/api/docs'])(
      'works at %s, and asks the scheme for its own scopes',
      async (page) => {
        expect(await logInAt(running.url, page)).toEqual(own);
      },
    );

    it('works behind a proxy that strips a prefix', async () => {
      const { port } = proxy.address() as AddressInfo;
      expect(await logInAt(`http://127.0.0.1:${port}`, '/behind/api/docs/')).toEqual(own);
    });

    it('ticks under each scheme what it declares', async () => {
      const docs = await SwaggerUI.open(browser, running.url);
      await docs.openDialog();
      const ticked = await docs.dialog
        .locator('.scopes input:checked')
        .evaluateAll((inputs) => inputs.map((input) => input.id));
      if (process.env.SCREENSHOT !== undefined)
        await docs.page.screenshot({ path: process.env.SCREENSHOT });
      await docs.page.close();
      expect(ticked).toEqual([
        'me-password-checkbox-User',
        'items-password-checkbox-User',
        'sync-clientCredentials-checkbox-Machine',
        'items-clientCredentials-checkbox-Machine',
      ]);
    });
  });
});
