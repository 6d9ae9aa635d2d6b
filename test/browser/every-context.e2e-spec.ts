import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../microservices/free-port.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { launchChromium, skipReason } from './chromium.js';

const title = skipReason === undefined ? 'Every context' : `Every context (${skipReason})`;

/** Each button, where its answer is shown, what everybody sees and what ada sees. */
const BUTTONS: [button: string, output: string, refused: string, answered: string][] = [
  ['rest', 'rest-out', 'Not authenticated', '{"name":"ada"}'],
  ['greet', 'greet-out', 'Not authenticated', '{"greeting":"Hello ada"}'],
  ['subscribe', 'notes', 'Not authenticated', 'Waiting for notes'],
  ['add', 'add-out', 'UNAUTHENTICATED', '{"addNote":"ada: hello"}'],
  ['connect', 'chat', 'Not authenticated', 'Connected'],
];

describe.skipIf(skipReason !== undefined)(`${title} in a browser`, { timeout: 30_000 }, () => {
  let browser: Browser;
  let running: RunningApp;
  let page: Page;

  beforeAll(async () => {
    vi.stubEnv('GREETINGS_PORT', String(await freePort()));
    const { AppModule } = await import('../../sample/06-every-context/app.module.js');
    const { startMicroservice } = await import('../../sample/06-every-context/microservice.js');
    running = await createApp(adapters[0]!, AppModule, startMicroservice);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(running.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await running?.app.close();
    vi.unstubAllEnvs();
  });

  const text = (id: string) => page.locator(`#${id}`).textContent();

  it('says what comes first to who speaks before', async () => {
    await page.click('#say');
    await expect.poll(() => text('chat'), { timeout: 10_000 }).toContain('Enter the chat first');
  });

  it.each(BUTTONS)('refuses whoever is not logged in: %s', async (button, output, refused) => {
    await page.click(`#${button}`);
    await expect.poll(() => text(output), { timeout: 10_000 }).toContain(refused);
  });

  it('logs in', async () => {
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.poll(() => text('who'), { timeout: 10_000 }).toBe('Logged in');
  });

  it.each(BUTTONS)('answers ada: %s', async (button, output, _refused, answered) => {
    await page.click(`#${button}`);
    await expect.poll(() => text(output), { timeout: 10_000 }).toContain(answered);
  });

  it('delivers notes and messages to ada', async () => {
    await expect
      .poll(
        async () => {
          await page.click('#add');
          return text('notes');
        },
        { timeout: 10_000 },
      )
      .toContain('{"noteAdded":"ada: hello"}');
    await page.click('#say');
    await expect.poll(() => text('chat'), { timeout: 10_000 }).toContain('ada: hello');
  });
});
