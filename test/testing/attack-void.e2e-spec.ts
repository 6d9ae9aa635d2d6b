import { Controller, Get, HttpException, type INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  APIKeyHeader,
  AuthModule,
  HTTPBasic,
  Security,
  type SecurityScheme,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { attack, expectNoBreach } from 'nestjs-security/testing';
import { describe, expect, it, vi } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

vi.setConfig({ testTimeout: 60_000 });

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

it.each([429, 503])('attack() says what was answered %s, and not refused', async (status) => {
  const scheme = login(() => {
    throw new HttpException('Not now', status);
  });
  const report = await attacked(scheme);
  expect(report.breaches).toContainEqual(
    expect.objectContaining({ kind: 'bad credentials', answered: String(status) }),
  );
  expect(() => expectNoBreach(report)).toThrow(`answers ${status}, which does not tell`);
});

describe('attack with credentials that are given as good', () => {
  const key = new APIKeyHeader<object>({
    schemeName: 'Key',
    name: 'X-API-Key',
    validate: (text) => (text === GOOD ? { user: {} } : null),
  });

  it('is content where they are good', async () => {
    expectNoBreach(await attacked(key, { headers: { 'x-api-key': GOOD } }));
  });

  it.each([
    ['no longer good', { 'x-api-key': 'stale' }, 'refuses credentials that were given as good'],
    ['of a misspelt name', { 'x-apikey': GOOD }, 'is a header that no scheme'],
  ])('says that they are %s', async (_case, headers, breach) => {
    const report = await attacked(key, { headers });
    expect(report.breaches).toHaveLength(1);
    expect(() => expectNoBreach(report)).toThrow(breach);
    expect(() => expectNoBreach(report)).not.toThrow(GOOD);
  });
});
