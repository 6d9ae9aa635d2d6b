import { DocumentBuilder } from '@nestjs/swagger';
import { APIKeyCookie, AuthModule, HTTPBearer } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { configureRich, richApplication } from '../openapi/rich-application.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { servedBy } from '../support/nest-major.js';
import { rawRequest, type RawRequest } from '../support/raw-request.js';
import { at, routesFor } from './guarded-routes.js';
import { everyScheme, GOOD } from './guarded-schemes.js';

const INTERNAL = 'internal detail at /srv/app/users.ts';
let act: () => unknown = () => null;
const acting = new HTTPBearer({ schemeName: 'Acting', validate: () => act() as never });
const session = new APIKeyCookie({ schemeName: 'Session', name: 'session' });

const requirements = Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme]));

describe.each(adapters)('answers on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    const schemes = [acting, ...everyScheme.map(({ scheme }) => scheme)];
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes })],
      controllers: [routesFor({ ...requirements, acting })],
    });
  });
  afterAll(() => running.app.close());

  const ask = (path: string, request = {}) => rawRequest(running.url, at(path, request));
  const authorized: RawRequest = { headers: [['Authorization', 'Bearer a']] };

  describe('T66 error bodies', () => {
    const thrown = [
      Object.assign(new Error(INTERNAL), { code: 'ECONNREFUSED' }),
      new Error(INTERNAL),
      new TypeError(INTERNAL, { cause: new Error(INTERNAL) }),
      INTERNAL,
    ];

    it.each(thrown)('say nothing of %s', async (error) => {
      act = () => {
        throw error;
      };
      const { status, body, headers } = await ask('/acting', authorized);
      const expected: Record<number, unknown> = {
        500: { statusCode: 500, message: 'Internal server error' },
        503: { statusCode: 503, message: 'Service unavailable', error: 'Service Unavailable' },
      };
      expect(JSON.parse(body)).toStrictEqual(expected[status]);
      expect(JSON.stringify(headers)).not.toMatch(/internal|srv|\.ts/);
    });

    it.each(everyScheme)('of $name are generic, whatever was sent', async ({ name, sending }) => {
      for (const secret of ['', 'x', `${GOOD}x`, '"\\', 'a, b']) {
        const { status, body, headers } = await ask(`/${name}`, sending(secret));
        expect([400, 401]).toContain(status);
        expect(Object.keys(JSON.parse(body) as object)).toStrictEqual([
          'message',
          'error',
          'statusCode',
        ]);
        expect(body).toMatch(
          /"(Not authenticated|Invalid credentials|The .* sent more than once)"/,
        );
        expect(body + JSON.stringify(headers)).not.toMatch(
          /stack|node_modules|\.js|\.ts|good-4f1c/,
        );
      }
    });
  });

  describe('T68 caching of answers', () => {
    it('a refusal is not to be stored', async () => {
      for (const { name, sending } of everyScheme) {
        for (const request of [{}, sending('bad')]) {
          const { status, header } = await ask(`/${name}`, request);
          expect([status, header('Cache-Control')]).toStrictEqual([401, ['no-store']]);
        }
      }
    });

    it.each(everyScheme)('$name: nothing starts a session', async ({ name, sending }) => {
      for (const request of [{}, sending('bad'), sending(GOOD)]) {
        expect((await ask(`/${name}`, request)).header('Set-Cookie')).toStrictEqual([]);
      }
    });
  });

  describe('T70 the document and the application', () => {
    it('say the same of every operation', async () => {
      const { app } = await createApp(adapter, richApplication([]), configureRich);
      const document = servedBy(adapter, createDocument(app, new DocumentBuilder().build()));
      const probes = await expectDocumentMatchesEnforcement(app, document as never);
      const first = Object.values(document.paths).flatMap((path) => Object.values(path as object));
      const secured = first.find(
        (operation: { security?: object[] }) => operation.security?.length === 1,
      );
      (secured as { security: object[] }).security = [];
      const lie = expectDocumentMatchesEnforcement(app, document as never);
      await expect(lie).rejects.toThrow('The document and the application differ');
      await app.close();
      expect(probes).toBeGreaterThan(100);
    }, 60_000);
  });

  describe('T71 timers after an answer', () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    let late: ((answer: unknown) => void) | undefined;

    /** An application whose `validate` waits, and a request that has got there. */
    async function waiting() {
      const running = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [acting], validateTimeout: 3600 })],
        controllers: [routesFor({ acting })],
      });
      const arrived = new Promise<void>((resolve) => {
        act = () => {
          resolve();
          return new Promise((settle) => (late = settle));
        };
      });
      const answer = rawRequest(running.url, at('/acting', authorized));
      await arrived;
      return { ...running, answer };
    }

    afterEach(() => {
      vi.restoreAllMocks();
      vi.useRealTimers();
    });

    it('no timer is left, nor does one keep the process alive meanwhile', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const set = vi.spyOn(globalThis, 'setTimeout');
      const { app, answer } = await waiting();
      const deadline = set.mock.calls.findIndex(([, time]) => time === 3_600_000);
      expect(set.mock.results[deadline]!.value.hasRef()).toBe(false);
      expect(vi.getTimerCount()).toBe(1);
      late?.({ user: 'john' });
      expect((await answer).status).toBe(200);
      expect(vi.getTimerCount()).toBe(0);
      await app.close();
    });

    it('nothing is written that comes too late', async () => {
      const { app, answer } = await waiting();
      app.getHttpServer().closeAllConnections();
      await answer.catch(() => undefined);
      const unhandled = vi.fn();
      process.on('unhandledRejection', unhandled).on('uncaughtException', unhandled);
      late?.({ user: 'john' });
      await new Promise(setImmediate);
      process.off('unhandledRejection', unhandled).off('uncaughtException', unhandled);
      expect(unhandled).not.toHaveBeenCalled();
      await app.close();
    });

    it('closing waits for no timer, and leaves none', async () => {
      const before = timers();
      const { app, answer } = await waiting();
      app.getHttpServer().closeAllConnections();
      await answer.catch(() => undefined);
      // Faked, none of them ever comes.
      vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
      await app.close();
      vi.useRealTimers();
      expect(timers()).toBeLessThanOrEqual(before);
    });
  });
});

describe.each(adapters)('T67 a cookie that changes something on $name', (adapter) => {
  it('is accepted from any origin, which is documented', async () => {
    const { app, url } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [session] })],
      controllers: [routesFor({ session })],
    });
    const headers: [string, string][] = [
      ['Cookie', 'session=a'],
      ['Origin', 'https://evil.example'],
    ];
    const { status } = await rawRequest(url, { method: 'POST', path: '/session', headers });
    await app.close();
    expect(status).toBe(201);
    const documented = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');
    expect(documented).toContain('cross-site request forgery');
    expect(documented).toContain('SameSite');
  });
});
