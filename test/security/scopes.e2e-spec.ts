import {
  APIKeyHeader,
  AuthModule,
  HTTPBearer,
  type SecurityScheme,
  Security,
} from 'nestjs-security';
import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo, serverError } from '../support/answer.js';

let granted: unknown;
/** Makes what is granted while `validate` runs. */
let granting: (() => unknown) | undefined;
const scopes = () => (granting ? granting() : granted) as string[];
const bearer = new HTTPBearer({
  schemeName: 'Bearer',
  validate: () => ({ user: 'john', scopes: scopes() }),
});
const later = new HTTPBearer({
  schemeName: 'Later',
  validate: async () => Promise.resolve({ user: 'john', scopes: scopes() }),
});
const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: () => ({ user: 'john', scopes: scopes() }),
});

function routesOf(path: string, scheme: SecurityScheme) {
  @Controller(path)
  class Routes {
    @Get() @Security(scheme, ['read', 'items:read']) find() {
      return 'handled';
    }
  }
  return Routes;
}

const REQUIRED = ['read', 'items:read'];
const INSUFFICIENT = 'Bearer error="insufficient_scope", scope="read items:read"';

/** Lists and sets that say of everything that they hold it. */
class Generous extends Array<string> {
  override includes() {
    return true;
  }
  override some() {
    return true;
  }
  override indexOf() {
    return 0;
  }
}
class GenerousSet extends Set<string> {
  override has() {
    return true;
  }
  override values() {
    return REQUIRED.values();
  }
  override [Symbol.iterator]() {
    return REQUIRED.values();
  }
}

describe.each(adapters)('scopes on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    const schemes = { bearer, later, key };
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: Object.values(schemes) })],
      controllers: Object.entries(schemes).map(([path, scheme]) => routesOf(path, scheme)),
    });
  });
  afterAll(() => running.app.close());

  const ask = (path: string, value: unknown) => {
    granted = value;
    const headers: [string, string][] = [
      ['Authorization', 'Bearer a'],
      ['X-Key', 'a'],
    ];
    return answerTo(running.url, { path: `/${path}`, headers });
  };
  const expectForbidden = async (value: unknown) => {
    for (const path of ['bearer', 'later', 'key']) {
      expect(await ask(path, value)).toStrictEqual({
        status: 403,
        challenges: [path === 'key' ? 'APIKey' : INSUFFICIENT],
        body: { message: 'Insufficient scope', error: 'Forbidden', statusCode: 403 },
      });
    }
  };

  describe('T53 scopes that are not enough', () => {
    it.each([
      [[]],
      [['read']],
      [['items:read']],
      [['read', 'items']],
      [['read', 'items:read:all']],
      [['reader', 'items:readable']],
      [['read', 'ITEMS:READ']],
      [['Read', 'items:read']],
      [['read', ' items:read']],
      [['read', 'items:*']],
      [['*']],
      [['read items:read']],
      [['read,items:read']],
      [['read', 'items:read\0']],
      [new Set(['read'])],
    ])('%j is 403, with all that is required', async (value) => {
      await expectForbidden(value);
    });

    it.each([[REQUIRED], [REQUIRED.toReversed()], [[...REQUIRED, 'more']], [new Set(REQUIRED)]])(
      '%j is enough',
      async (value) => {
        for (const path of ['bearer', 'later', 'key']) {
          expect((await ask(path, value)).status).toBe(200);
        }
      },
    );
  });

  describe('a promise in what validate answers', () => {
    const rejections: unknown[] = [];
    const record = (reason: unknown) => void rejections.push(reason);
    beforeAll(() => void process.on('unhandledRejection', record));
    afterAll(() => void process.off('unhandledRejection', record));

    const rejected = () => Promise.reject(new Error('nobody waits for it'));
    it.each<[string, () => unknown]>([
      ['the scopes', () => Promise.resolve(REQUIRED)],
      ['scopes that fail', rejected],
      ['one of the scopes', () => [...REQUIRED, Promise.resolve('more')]],
      ['one of the scopes, failing', () => [...REQUIRED, rejected()]],
      ['one of a set, failing', () => new Set([...REQUIRED, rejected()])],
    ])('is an error of the request: %s', async (_case, made) => {
      granting = made;
      for (const path of ['bearer', 'later', 'key']) {
        expect(await ask(path, undefined)).toStrictEqual(serverError);
      }
      granting = undefined;
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toStrictEqual([]);
    });
  });

  describe('T54 scopes of the wrong type grant nothing', () => {
    it.each([
      [undefined],
      [null],
      ['read items:read'],
      ['read'],
      [1],
      [true],
      [{}],
      [{ read: true, 'items:read': true }],
      [{ 0: 'read', 1: 'items:read', length: 2 }],
      [{ includes: () => true, has: () => true, some: () => true }],
      [[REQUIRED]],
      [[{ toString: () => 'read' }, { toString: () => 'items:read' }]],
      [[0, null, undefined]],
      [new Map(REQUIRED.map((scope) => [scope, true]))],
      [() => REQUIRED],
      [Object.assign([], { includes: () => true, some: () => true })],
      [Object.assign(new Set(), { has: () => true })],
      [new Generous()],
      [new GenerousSet()],
      [new Proxy([], { get: (_list, name) => (name === 'then' ? undefined : () => true) })],
      [new Proxy(new Set(REQUIRED), {})],
      [new Proxy({}, { get: () => true, has: () => true })],
      [Object.create(Set.prototype)],
    ])('%j', async (value) => {
      await expectForbidden(value);
    });
  });
});
