import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { APIKeyHeader, AuthModule, CurrentUser, HTTPBearer, Security } from 'nestjs-security';
import { type APIKeyInfo, APIKeys, MemoryAPIKeyStore } from 'nestjs-security/api-keys';
import { createDocument } from 'nestjs-security/openapi';
import { attack, expectNoBreach } from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

import { answerTo, unavailable } from '../support/answer.js';

const store = new MemoryAPIKeyStore();
const keys = new APIKeys({ prefix: 'shop', store });
const header = new APIKeyHeader({
  schemeName: 'Header',
  name: 'X-API-Key',
  validate: keys.validate,
});
const bearer = new HTTPBearer({ schemeName: 'Bearer', validate: keys.validate });

@Controller()
class Orders {
  @Get('header') @Security(header, ['orders']) header(@CurrentUser() user: APIKeyInfo) {
    return user;
  }
  @Get('bearer') @Security(bearer, ['orders']) bearer(@CurrentUser() user: APIKeyInfo) {
    return user;
  }
}

type Line = [string, string];
const places: [string, (key: string) => Line][] = [
  ['header', (key) => ['X-API-Key', key]],
  ['bearer', (key) => ['Authorization', `Bearer ${key}`]],
];

describe.each(adapters)('API keys on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [header, bearer] })],
      controllers: [Orders],
    });
  });
  afterAll(() => running.app.close());

  describe.each(places)('as validate of a %s scheme', (path, line) => {
    const ask = (key: string) => answerTo(running.url, { path: `/${path}`, headers: [line(key)] });

    it('let in with their scopes', async () => {
      const { key, info } = await keys.issue({ owner: 'ada', scopes: ['orders'] });
      const { status, body } = await ask(key);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: info.id, owner: 'ada', scopes: ['orders'] });
      expect(JSON.stringify(body)).not.toContain('hash');
    });

    it('are 403 without the scope', async () => {
      const { key } = await keys.issue({ owner: 'ada' });
      expect((await ask(key)).status).toBe(403);
    });

    it('are 401 when they are revoked, or none', async () => {
      const { key, info } = await keys.issue({ owner: 'ada', scopes: ['orders'] });
      await keys.revoke(info.id);
      expect((await ask(key)).status).toBe(401);
      expect((await ask('anything')).status).toBe(401);
    });

    it('are 503 while the store is away', async () => {
      const { key } = await keys.issue({ owner: 'ada', scopes: ['orders'] });
      const down = Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
      const find = vi.spyOn(store, 'find').mockRejectedValue(down);
      const answer = await ask(key);
      find.mockRestore();
      expect(answer).toStrictEqual(unavailable);
    });
  });

  it('withstand an attack', async () => {
    const { key } = await keys.issue({ owner: 'ada', scopes: ['orders'] });
    const headers = Object.fromEntries(places.map(([, line]) => line(key)));
    const document = createDocument(running.app, new DocumentBuilder().build());
    expectNoBreach(await attack(running.app, document, { headers }));
  });
});
