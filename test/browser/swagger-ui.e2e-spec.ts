import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppModule as SimpleOAuth2 } from '../../sample/01-simple-oauth2/app.module.js';
import { serveDocumentation as serveSimpleOAuth2 } from '../../sample/01-simple-oauth2/documentation.js';
import { AppModule as EveryScheme } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation as serveEveryScheme } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { launchChromium, skipReason } from './chromium.js';
import { SwaggerUI } from './swagger-ui.js';

const SCREENSHOT = fileURLToPath(
  new URL('../../sample/01-simple-oauth2/swagger-ui.png', import.meta.url),
);
const title = skipReason === undefined ? 'Swagger UI' : `Swagger UI (${skipReason})`;

describe.skipIf(skipReason !== undefined)(title, { timeout: 30_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  }, 30_000);

  describe.each(adapters)('of 01-simple-oauth2 on $name', (adapter) => {
    let running: RunningApp;
    let docs: SwaggerUI;

    beforeAll(async () => {
      running = await createApp(adapter, SimpleOAuth2, serveSimpleOAuth2);
    });
    afterAll(() => running.app.close());
    beforeEach(async () => {
      docs = await SwaggerUI.open(browser, running.url);
    }, 30_000);
    afterEach(() => docs.page.close());

    it('shows a padlock on what is protected only', async () => {
      expect(await docs.padlock(docs.operation('get', '/users/me')).count()).toBe(1);
      expect(await docs.padlock(docs.operation('post', '/token')).count()).toBe(0);
    });

    it('logs a user in, shows the user, logs out, and is refused', async () => {
      const me = docs.operation('get', '/users/me');
      await docs.logIn('johndoe', 'secret');
      expect(await docs.padlock(me).getAttribute('aria-label')).toBe('authorization button locked');

      await docs.tryOut(me);
      expect(await docs.execute(me, 200)).toEqual({
        username: 'johndoe',
        email: 'johndoe@example.com',
        fullName: 'John Doe',
        disabled: false,
      });
      if (process.env.UPDATE_SCREENSHOT === '1' && adapter.name === 'Express') {
        await docs.screenshot(me, SCREENSHOT);
      }

      await docs.logOut();
      expect(await docs.padlock(me).getAttribute('aria-label')).toBe(
        'authorization button unlocked',
      );
      expect(await docs.execute(me, 401)).toEqual({
        message: 'Not authenticated',
        error: 'Unauthorized',
        statusCode: 401,
      });
    });

    it('shows why a login failed', async () => {
      await docs.submitPassword('johndoe', 'wrong');
      const error = docs.dialog.locator('.errors');
      await error.waitFor();
      expect(await error.innerText()).toContain('Incorrect username or password');
    });
  });

  describe.each(adapters)('of 03-every-scheme on $name', (adapter) => {
    let running: RunningApp;
    let docs: SwaggerUI;

    beforeAll(async () => {
      running = await createApp(adapter, EveryScheme, serveEveryScheme);
      docs = await SwaggerUI.open(browser, running.url);
    }, 30_000);
    afterAll(async () => {
      await docs.page.close();
      await running.app.close();
    });

    it('lists every scheme', async () => {
      await docs.openDialog();
      const schemes = async () => {
        const headings = await docs.dialog.locator('.auth-container h4, em > b').allInnerTexts();
        return headings.map((heading) => heading.split(/\s/)[0]);
      };
      // OpenIdConnect is shown once its metadata have been fetched.
      await expect
        .poll(schemes, { timeout: 10_000 })
        .toEqual([
          'APIKeyHeader',
          'APIKeyQuery',
          'APIKeyCookie',
          'HTTPBasic',
          'HTTPBearer',
          'HTTPDigest',
          'HTTPScheme',
          'OAuth2PasswordBearer',
          'OAuth2AuthorizationCodeBearer',
          'OAuth2ClientCredentialsBearer',
          'OAuth2Implicit',
          'OAuth2Device',
          'OpenIdConnect',
          'PassportScheme',
        ]);
    });
  });
});
