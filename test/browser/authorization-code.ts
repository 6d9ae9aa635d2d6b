import type { Page } from 'playwright-core';
import type { SwaggerUI } from './swagger-ui.js';

/** Swagger UI's dialog for the authorization code flow, and the provider's window that it opens. */
export class AuthorizationCode {
  constructor(private readonly docs: SwaggerUI) {}

  /** Lets the pages reach the provider, and nobody else. */
  async allow(issuer: string): Promise<void> {
    const { page } = this.docs;
    const context = page.context();
    const own = [issuer, new URL(page.url()).origin];
    await context.route(
      ({ origin }) => !own.includes(origin),
      (route) => route.abort(),
    );
    await page.route(
      ({ origin }) => origin === issuer,
      (route) => route.continue(),
    );
  }

  /** Opens the dialog, and reads which scopes are ticked. */
  async tickedScopes(): Promise<string[]> {
    await this.docs.openDialog();
    const ticked = this.section.locator('.scopes input:checked');
    const scopes = await ticked.evaluateAll((inputs) =>
      inputs.map((input) => input.getAttribute('data-value') ?? ''),
    );
    await this.docs.closeDialog();
    return scopes;
  }

  /** Logs in at the provider and consents; the window closes by itself. */
  async logIn(user: string): Promise<void> {
    const window = await this.openProvider();
    await window.locator('[name=login]').fill(user);
    await window.locator('[name=password]').fill('any');
    await window.getByRole('button', { name: 'Sign-in' }).click();
    const closed = window.waitForEvent('close');
    await window.getByRole('button', { name: 'Continue' }).click();
    await closed;
    await this.logOutButton.waitFor();
    await this.docs.closeDialog();
  }

  /** Goes to the provider and turns back; what Swagger UI says then. */
  async turnBack(): Promise<string> {
    const window = await this.openProvider();
    const closed = window.waitForEvent('close');
    await window.getByText('Cancel').click();
    await closed;
    const error = this.section.locator('.errors');
    await error.waitFor();
    return error.innerText();
  }

  async logOut(): Promise<void> {
    await this.docs.openDialog();
    await this.logOutButton.click();
    await this.logInButton.waitFor();
    await this.docs.closeDialog();
  }

  /** The part of the dialog for this flow; an OpenID provider has others too. */
  private get section() {
    return this.docs.dialog.locator('.auth-container', { hasText: 'with PKCE' });
  }

  private get logInButton() {
    return this.section.getByRole('button', { name: 'Apply given OAuth2 credentials' });
  }

  private get logOutButton() {
    return this.section.getByRole('button', { name: 'Remove authorization' });
  }

  private async openProvider(): Promise<Page> {
    await this.docs.openDialog();
    const opened = this.docs.page.waitForEvent('popup');
    await this.logInButton.click();
    return opened;
  }
}
