import { Controller, Get, type INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { AuthModule, HTTPBasic, Security, type SecurityScheme } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { attack, expectNoBreach } from 'nestjs-security/testing';
import { describe, expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

const GOOD = 'good-key-of-somebody';

async function attacked(scheme: SecurityScheme, options: Parameters<typeof attack>[2] = {}) {
  @Controller()
  class Routes {
    @Get('one') @Security(scheme) one() {}
  }
  let app: INestApplication | undefined;
  try {
    ({ app } = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [scheme] })],
      controllers: [Routes],
    }));
    return await attack(app, createDocument(app, new DocumentBuilder().build()), options);
  } finally {
    await app?.close();
  }
}

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
const login = (isGood: (name: string, password: string) => boolean) =>
  new HTTPBasic<object>({
    schemeName: 'Login',
    validate: ({ username, password }) => (isGood(username, password) ? { user: {} } : null),
  });

describe('attack with a login', () => {
  const headers = basic(`demo:${GOOD}`);

  it('is content with one that asks for the password alone', async () => {
    expectNoBreach(
      await attacked(
        login((_, password) => password === GOOD),
        { headers },
      ),
    );
  });

  it.each([
    ['a longer password', (text: string) => text.startsWith(GOOD)],
    ['a password in another casing', (text: string) => text.toLowerCase() === GOOD],
  ])('finds that it takes %s', async (_case, isGood) => {
    const { breaches } = await attacked(
      login((_, password) => isGood(password)),
      { headers },
    );
    expect(breaches).toMatchObject([{ kind: 'altered credentials' }]);
  });
});
