// @ts-check
// Takes the pictures of Swagger UI in docs/images from sample 02, after a build: node scripts/screenshots.js
import { execFileSync, spawn } from 'node:child_process';
import { chromium } from 'playwright-core';

const PORT = '3999';
const PAGE = `http://127.0.0.1:${PORT}/docs`;
const WIDTH = 900;

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
const app = await start('02-oauth2-scopes');
const page = await browser.newPage({ viewport: { width: WIDTH, height: 1400 } });
await page.goto(PAGE);
await page.locator('.opblock').first().waitFor();
await page.addStyleTag({
  content: '.swagger-ui .modal-ux-content { max-height: none !important }',
});

await picture('.opblock-tag-section >> nth=1', 'padlocks.png');
await logIn(['me']);
await execute('/users/me/items', '403');
await picture('.opblock.is-open .live-responses-table', 'insufficient-scope.png');
await browser.close();
app.kill();

/** @param {string} sample */
async function start(sample) {
  execFileSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build', sample]);
  const env = { ...process.env, PORT };
  const app = spawn(process.execPath, [`build/sample/${sample}/main.js`], { env });
  await new Promise((resolve) =>
    app.stdout.on('data', (data) => /Open http/.test(String(data)) && resolve(undefined)),
  );
  return app;
}

/** Logs in as johndoe with these scopes only. @param {string[]} scopes */
async function logIn(scopes) {
  await page.locator('.auth-wrapper > .authorize').click();
  const dialog = page.locator('.dialog-ux .modal-ux');
  await dialog.locator('#oauth_username').fill('johndoe');
  await dialog.locator('#oauth_password').fill('secret');
  for (const ticked of await dialog.locator('.scopes .checkbox').all()) {
    const isWanted = scopes.includes((await ticked.locator('.name').innerText()).trim());
    if ((await ticked.locator('input').isChecked()) !== isWanted)
      await ticked.locator('label').click();
  }
  await picture('.dialog-ux .modal-ux', 'authorize.png');
  await dialog.locator('button.authorize', { hasText: 'Authorize' }).click();
  await dialog.getByText('Logout').waitFor();
  await dialog.locator('.close-modal').click();
}

/** @param {string} path @param {string} status */
async function execute(path, status) {
  const operation = page.locator('.opblock', { has: page.locator(`[data-path="${path}"]`) });
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('.try-out__btn').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await operation
    .locator('.live-responses-table .response-col_status', { hasText: status })
    .waitFor();
}

/** @param {string} selector @param {string} name */
async function picture(selector, name) {
  await page
    .locator(selector)
    .first()
    .screenshot({ path: `docs/images/${name}` });
}
