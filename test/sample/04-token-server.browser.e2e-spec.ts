import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { Client } from '../../sample/04-token-server/clients/client.entity.js';
import { launchChromium, skipReason } from '../browser/chromium.js';
import { SwaggerUI } from '../browser/swagger-ui.js';
import { adapters } from '../support/adapters.js';
import { PROFILE, TokenServer } from './04-token-server.support.js';

const name = '04-token-server in a browser';
const title = skipReason === undefined ? name : `${name} (${skipReason})`;

describe.skipIf(skipReason !== undefined)(title, { timeout: 30_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  }, 30_000);

  describe.each(adapters)('on $name', (adapter) => {
    let server: TokenServer;

    beforeAll(async () => {
      server = await TokenServer.start(adapter);
      const redirectUris = [`${server.url}/docs/oauth2-redirect.html`];
      await server.database.getRepository(Client).update({ id: 'docs' }, { redirectUris });
    });
    afterAll(() => server.stop());

    it('logs in to Swagger UI by the login form, with PKCE, and calls what is protected', async () => {
      const docs = await SwaggerUI.open(browser, server.url);
      await docs.openDialog();
      const flow = docs.dialog.locator('.auth-container', { hasText: 'authorizationCode' });
      const opened = docs.page.waitForEvent('popup');
      await flow.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
      const form = await opened;
      await form.getByLabel('Name').fill('johndoe');
      await form.getByLabel('Password').fill('wrong');
      await form.getByRole('button', { name: 'Log in' }).click();
      await form.getByText('Incorrect username or password').waitFor();
      await form.getByLabel('Name').fill('johndoe');
      await form.getByLabel('Password').fill('secret');
      const closed = form.waitForEvent('close');
      await form.getByRole('button', { name: 'Log in' }).click();
      await closed;
      await flow.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await docs.closeDialog();
      const me = docs.operation('get', '/users/me');
      await docs.tryOut(me);
      expect(await docs.execute(me, 200)).toEqual(PROFILE);
      await docs.page.close();
    });
  });
});
