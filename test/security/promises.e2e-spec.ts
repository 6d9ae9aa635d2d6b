import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import {
  APIKeyHeader,
  AuthModule,
  HTTPBearer,
  optional,
  PassportScheme,
  Security,
  SecurityScheme,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { unavailable } from '../support/answer.js';
import { outcomeOf, routesFor } from './guarded-routes.js';

/** Nobody: what a forgotten `await` leaves in place of the user. */
const nobody = () => Promise.resolve(null) as never;

const now = new HTTPBearer({ schemeName: 'Now', validate: () => ({ user: nobody() }) });
const later = new HTTPBearer({
  schemeName: 'Later',
  validate: async () => Promise.resolve({ user: nobody() }),
});
const passport = new PassportScheme({
  schemeName: 'Passport',
  strategy: {
    authenticate(this: { success(user: unknown): void }) {
      this.success(nobody());
    },
  },
  securityScheme: { type: 'http', scheme: 'bearer' },
});

/** Its type allows what it does: credentials may be of any type, a promise included. */
class Asynchronous extends SecurityScheme {
  describe() {
    return { type: 'http', scheme: 'other' } as const;
  }
  async extract(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  challenge() {
    return 'Other';
  }
}
const extracting = new Asynchronous({ schemeName: 'Extracting' });

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: () => ({ user: 'john', scopes: ['user'] }),
});

@Controller('scoped')
class Scoped {
  @Get() @Security(key, ['admin']) find() {
    return 'admins only';
  }
}

class Store {}
@Injectable({ scope: Scope.REQUEST })
class ByStore extends APIKeyHeader<string> {
  constructor(readonly store: Store) {
    super({ name: 'X-Key', validate: () => ({ user: 'john' }) });
  }
}
let connect: () => Promise<Store>;

describe.each(adapters)('on $name', (adapter) => {
  let running: RunningApp;
  const requirements = { now, later, passport, extracting, optional: optional(extracting) };

  beforeAll(async () => {
    const scopeMatcher = (() => Promise.resolve(false)) as never;
    running = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({ schemes: [now, later, passport, extracting, key], scopeMatcher }),
      ],
      controllers: [routesFor(requirements), Scoped],
    });
  });
  afterAll(() => running.app.close());

  describe('T19 a promise where an answer is due lets nobody in:', () => {
    it.each(['now', 'later', 'passport'])('in place of the user, /%s', async (path) => {
      const headers: [string, string][] = [['Authorization', 'Bearer a']];
      expect(await outcomeOf(running.url, { path: `/${path}`, headers })).toMatchObject({
        status: 500,
        ran: false,
      });
    });

    it.each(['extracting', 'optional'])('in place of the credentials, /%s', async (path) => {
      expect(await outcomeOf(running.url, { path: `/${path}` })).toMatchObject({
        status: 500,
        ran: false,
      });
    });
  });

  it('T53 a promise of scopeMatcher grants nothing', async () => {
    const headers: [string, string][] = [['X-Key', 'a']];
    const { status, body } = await outcomeOf(running.url, { path: '/scoped', headers });
    expect([403, 500]).toContain(status);
    expect(body).not.toBe('admins only');
  });

  it('T21 a request-scoped scheme whose store is down is 503', async () => {
    connect = () => Promise.resolve(new Store());
    const { app, url } = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({
          schemes: [ByStore],
          imports: [
            {
              module: class StoreModule {},
              providers: [{ provide: Store, scope: Scope.REQUEST, useFactory: () => connect() }],
              exports: [Store],
            },
          ],
        }),
      ],
      controllers: [routesFor({ store: ByStore })],
    });
    const request = { path: '/store', headers: [['X-Key', 'a']] as [string, string][] };
    const before = await outcomeOf(url, request);
    connect = () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }));
    const during = await outcomeOf(url, request);
    await app.close();
    expect(before.status).toBe(200);
    expect(during).toStrictEqual({ ...unavailable, ran: false });
  });
});
