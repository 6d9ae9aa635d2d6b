import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { launchChromium, skipReason } from './chromium.js';
import { SwaggerUI } from './swagger-ui.js';

const DEMO = { name: 'demo' };
const CREDENTIALS = { username: 'demo', password: 'demo-secret' };
const title = skipReason === undefined ? 'Every scheme' : `Every scheme (${skipReason})`;

describe.skipIf(skipReason !== undefined)(`${title} in Swagger UI`, { timeout: 30_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  }, 30_000);

  // One adapter: what the page asks of the application is asked of both in test/sample.
  describe('of 03-every-scheme', () => {
    let running: RunningApp;
    let docs: SwaggerUI;

    beforeAll(async () => {
      running = await createApp(adapters[0]!, AppModule, serveDocumentation);
      docs = await SwaggerUI.open(browser, running.url);
    }, 30_000);
    afterAll(async () => {
      await docs.page.close();
      await running.app.close();
    });

    /** The part of the dialog for a scheme. */
    const sectionOf = (scheme: string) => {
      const heading = docs.page.locator('h4', { hasText: new RegExp(`^${scheme}\\b`) });
      return docs.dialog.locator('.auth-container', { has: heading });
    };

    async function fill(section: Locator, values: readonly string[]): Promise<void> {
      const fields = section.locator('section input');
      for (const [index, value] of values.entries()) await fields.nth(index).fill(value);
      await section.locator('button.authorize').click();
    }

    async function logIn(section: Locator): Promise<void> {
      const opened = docs.page.waitForEvent('popup');
      await section.locator('button.authorize').click();
      const provider = await opened;
      await provider.getByLabel('Name').fill('demo');
      await provider.getByLabel('Password').fill('demo-secret');
      const closed = provider.waitForEvent('close');
      await provider.getByRole('button', { name: 'Log in' }).click();
      await closed;
    }

    it.each<[string, string, (section: Locator) => Promise<void>]>([
      ['APIKeyHeader', '/api-key/header', (section) => fill(section, ['demo-secret'])],
      ['APIKeyQuery', '/api-key/query', (section) => fill(section, ['demo-secret'])],
      ['HTTPBearer', '/http/bearer', (section) => fill(section, ['demo-secret'])],
      ['PassportScheme', '/passport', (section) => fill(section, ['demo-secret'])],
      ['OAuth2PasswordBearer', '/oauth2/password', (section) => fillPassword(section)],
      ['OAuth2AuthorizationCodeBearer', '/oauth2/authorization-code', logIn],
      [
        'OAuth2ClientCredentialsBearer',
        '/oauth2/client-credentials',
        (section) => fill(section, []),
      ],
      ['OAuth2Implicit', '/oauth2/implicit', logIn],
      ['OpenIdConnect', '/open-id-connect', logIn],
    ])('should be tried to the end: %s', async (scheme, path, authorize) => {
      const operation = docs.operation('get', path);
      await docs.tryOut(operation);
      await docs.execute(operation, 401);
      await docs.openDialog();
      const section = sectionOf(scheme);
      await authorize(section);
      await section.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await docs.closeDialog();
      expect(await docs.execute(operation, 200)).toEqual(DEMO);
    });

    async function fillPassword(section: Locator): Promise<void> {
      await section.locator('#oauth_username').fill('demo');
      await section.locator('#oauth_password').fill('demo-secret');
      await section.locator('button.authorize').click();
    }

    it('should be tried to the end: APIKeyCookie, which the page has the application set', async () => {
      const read = docs.operation('get', '/api-key/cookie');
      await docs.tryOut(read);
      await docs.execute(read, 401);
      // APIKeyHeader has been authorized above.
      const set = docs.operation('post', '/api-key/cookie');
      await docs.tryOut(set);
      await docs.execute(set, 201);
      expect(await docs.execute(read, 200)).toEqual(DEMO);
    });

    it("should be tried to the end: HTTPBasic and HTTPDigest in the browser's own prompt", async () => {
      const context = await browser.newContext({ httpCredentials: CREDENTIALS });
      const page = await context.newPage();
      for (const path of ['/http/basic', '/http/digest']) {
        const answer = await page.goto(`${running.url}${path}`);
        expect([answer?.status(), await answer?.json()]).toEqual([200, DEMO]);
      }
      await context.close();
    });

    it('should be tried to the end: the device flow, with a page for its user', async () => {
      const start = docs.operation('post', '/device_authorization');
      await docs.tryOut(start);
      const device = (await docs.execute(start, 200)) as Record<string, string>;
      const page = await browser.newPage();
      await page.goto(device['verification_uri']!);
      await page.getByLabel('Code').fill(device['user_code']!);
      await page.getByLabel('Name').fill('demo');
      await page.getByLabel('Password').fill('demo-secret');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByText('The device may go on.').waitFor();
      await page.close();
      const answer = await fetch(`${running.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: device['device_code']!,
          client_id: 'demo',
        }),
      });
      expect(await answer.json()).toMatchObject({ access_token: 'demo-secret' });
    });
  });
});
