import { Controller, Get, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AuthModule, OpenIdConnect, Security } from 'nestjs-security';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import { JwtVerifier } from 'nestjs-security/tokens';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AUDIENCE, OpenIdProvider } from '../sample/openid-provider.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { AuthorizationCode } from './authorization-code.js';
import { launchChromium, skipReason } from './chromium.js';
import { SwaggerUI } from './swagger-ui.js';

/** Where the provider's discovery document is; known once the provider listens. */
class StaffToken extends OpenIdConnect<{ id: string }> {
  private readonly jwt = JwtVerifier.fromIssuer(process.env.ISSUER!, { audience: AUDIENCE });

  constructor() {
    super({ openIdConnectUrl: `${process.env.ISSUER}/.well-known/openid-configuration` });
  }

  override async validate(token: string) {
    const { claims, scopes } = await this.jwt.verify(token);
    return { user: { id: claims.sub! }, scopes };
  }
}

@Controller()
class StaffController {
  @Get('staff')
  @Security(StaffToken, ['notes:read'])
  staff() {
    return ['Ada'];
  }
}

/** Serves the page with every option that sample 05 leaves at its default. */
function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().build();
  const scopes = ['openid', 'notes:read'];
  const options = swaggerUiOptions(app, { clientId: 'notes-docs', scopes, persist: true });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
}

const name = 'Swagger UI with an OpenID provider';
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

  describe.each(adapters)('on $name', (adapter) => {
    let running: RunningApp;
    let docs: SwaggerUI;

    beforeAll(async () => {
      running = await createApp(
        adapter,
        {
          imports: [AuthModule.forRoot({ schemes: [StaffToken] })],
          controllers: [StaffController],
        },
        serveDocumentation,
      );
    });
    afterAll(() => running.app.close());
    afterEach(() => docs.page.close());

    it('logs in by the discovery document, and stays logged in when asked to', async () => {
      docs = await SwaggerUI.open(browser, running.url);
      const flow = new AuthorizationCode(docs);
      await flow.allow(provider.issuer);
      await docs.page.reload(); // The first time, nothing but the page's own server could be asked.
      await flow.logIn('ada');
      await docs.page.reload();

      const staff = docs.operation('get', '/staff');
      await docs.tryOut(staff);
      expect(await docs.execute(staff, 200)).toEqual(['Ada']);
      await flow.logOut();
      expect(await docs.execute(staff, 401)).toMatchObject({ message: 'Not authenticated' });
    });
  });
});
