import type { Browser, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../sample/05-resource-server/app.module.js';
import { serveDocumentation } from '../../sample/05-resource-server/documentation.js';
import { OpenIdProvider } from '../sample/openid-provider.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { AuthorizationCode } from './authorization-code.js';
import { launchChromium, skipReason } from './chromium.js';
import { SwaggerUI } from './swagger-ui.js';

const NOT_AUTHENTICATED = {
  message: 'Not authenticated',
  error: 'Unauthorized',
  statusCode: 401,
};
const name = 'the authorization code flow in Swagger UI';
const title = skipReason === undefined ? name : `${name} (${skipReason})`;

describe.skipIf(skipReason !== undefined)(title, { timeout: 30_000 }, () => {
  let browser: Browser;
  let provider: OpenIdProvider;

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    [browser, provider] = await Promise.all([launchChromium(), OpenIdProvider.start()]);
    vi.stubEnv('ISSUER', provider.issuer);
    return async () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      await browser.close();
      await provider.down();
    };
  }, 30_000);

  describe.each(adapters)('of 05-resource-server on $name', (adapter) => {
    describe.each(['notes-docs', 'notes-docs-opaque'])('as the client %s', (clientId) => {
      let running: RunningApp;
      let docs: SwaggerUI;
      let flow: AuthorizationCode;

      beforeAll(async () => {
        vi.stubEnv('DOCS_CLIENT_ID', clientId);
        running = await createApp(adapter, AppModule, serveDocumentation);
      });
      afterAll(() => running.app.close());
      beforeEach(async () => {
        docs = await SwaggerUI.open(browser, running.url);
        flow = new AuthorizationCode(docs);
        await flow.allow(provider.issuer);
      });
      afterEach(() => docs.page.close());

      it('logs in at the provider with PKCE, reads notes, logs out, and is refused', async () => {
        expect(await flow.tickedScopes()).toEqual(['notes:read', 'notes:write']);
        const authorized = docs.page.context().waitForEvent('request', isTo('/auth'));
        const exchanged = docs.page.waitForRequest(isTo('/token'));
        await flow.logIn('ada');
        const redirectUri = `${running.url}/docs/oauth2-redirect.html`;
        expect(Object.fromEntries(new URL((await authorized).url()).searchParams)).toEqual({
          response_type: 'code',
          client_id: clientId,
          redirect_uri: redirectUri,
          scope: 'notes:read notes:write',
          state: expect.any(String),
          code_challenge: expect.stringMatching(/^[\w-]{43}$/),
          code_challenge_method: 'S256',
        });
        const form = new URLSearchParams((await exchanged).postData()!);
        expect(Object.fromEntries(form)).toEqual({
          grant_type: 'authorization_code',
          code: expect.any(String),
          client_id: clientId,
          redirect_uri: redirectUri,
          code_verifier: expect.stringMatching(/^[\w-]{43}$/),
        });

        const list = docs.operation('get', '/notes');
        await docs.tryOut(list);
        expect(await docs.execute(list, 200)).toEqual([]);
        await flow.logOut();
        expect(await docs.execute(list, 401)).toEqual(NOT_AUTHENTICATED);
      });

      it('keeps no token for whoever opens the page next', async () => {
        await flow.logIn('ada');
        await docs.page.reload();
        const list = docs.operation('get', '/notes');
        await docs.tryOut(list);
        expect(await docs.execute(list, 401)).toEqual(NOT_AUTHENTICATED);
      });

      it('says that the user turned back', async () => {
        expect(await flow.turnBack()).toContain('access_denied');
      });
    });
  });

  /** A request of a page to this path of the provider. */
  function isTo(path: string): (request: Request) => boolean {
    return (request) => {
      const url = new URL(request.url());
      return url.origin === provider.issuer && url.pathname === path;
    };
  }
});
