import type { Browser, Locator, Page } from 'playwright-core';

const WIDTH = 1000;

/** Swagger UI as a person uses it; every step waits until the page shows its result. */
export class SwaggerUI {
  private constructor(readonly page: Page) {}

  /** Opens the page, at /docs unless told otherwise; what it asks of other servers fails. */
  static async open(browser: Browser, url: string, path = '/docs'): Promise<SwaggerUI> {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 1600 } });
    page.setDefaultTimeout(20_000);
    await page.route(
      (requested) => requested.origin !== url,
      (route) => route.abort(),
    );
    await page.goto(`${url}${path}`);
    await page.locator('.opblock').first().waitFor();
    return new SwaggerUI(page);
  }

  operation(method: string, path: string): Locator {
    return this.page
      .locator(`.opblock-${method}`)
      .filter({ has: this.page.locator(`[data-path="${path}"]`) });
  }

  padlock(operation: Locator): Locator {
    return operation.locator('.authorization__btn');
  }

  get dialog(): Locator {
    return this.page.locator('.dialog-ux .modal-ux');
  }

  private get logOutButton(): Locator {
    return this.dialog.locator('button', { hasText: 'Logout' });
  }

  async openDialog(): Promise<void> {
    await this.page.locator('.auth-wrapper > .authorize').click();
    await this.dialog.waitFor();
  }

  async closeDialog(): Promise<void> {
    await this.dialog.locator('.close-modal').click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Sends the password flow's form; the dialog stays open. */
  async submitPassword(username: string, password: string): Promise<void> {
    await this.openDialog();
    const field = this.page.locator('#oauth_username');
    const form = this.dialog.locator('.auth-container', { has: field });
    await form.locator('#oauth_username').fill(username);
    await form.locator('#oauth_password').fill(password);
    await form.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
  }

  async logIn(username: string, password: string): Promise<void> {
    await this.submitPassword(username, password);
    await this.logOutButton.waitFor();
    await this.closeDialog();
  }

  async logOut(): Promise<void> {
    await this.openDialog();
    await this.logOutButton.click();
    await this.dialog.locator('#oauth_username').waitFor();
    await this.closeDialog();
  }

  /** Makes an operation ready to be executed. */
  async tryOut(operation: Locator): Promise<void> {
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
  }

  /** Executes an operation, and reads the body of the answer once the page shows this status. */
  async execute(operation: Locator, status: number): Promise<unknown> {
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = this.answer(operation);
    await answer.locator('.response-col_status', { hasText: String(status) }).waitFor();
    return JSON.parse(await answer.locator('.highlight-code code').innerText());
  }

  /** A picture from the Authorize button down to the body of the operation's answer. */
  async screenshot(operation: Locator, path: string): Promise<void> {
    const from = await this.page.locator('.scheme-container').boundingBox();
    const to = await this.answer(operation).locator('.highlight-code').boundingBox();
    if (from === null || to === null) throw new Error('The page shows no answer');
    const height = to.y + to.height - from.y;
    await this.page.screenshot({ path, clip: { x: 0, y: from.y, width: WIDTH, height } });
  }

  private answer(operation: Locator): Locator {
    return operation.locator('.live-responses-table .response');
  }
}
