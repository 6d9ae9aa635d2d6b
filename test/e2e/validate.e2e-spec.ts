import { Controller, Get } from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  HTTPBearer,
  InsufficientScopeException,
  InvalidTokenException,
  optional,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, type Answer, answerTo, unavailable } from '../support/answer.js';
import { rawRequest } from '../support/raw-request.js';
import { final, outages, refusing, returning, throwing } from './validate-outcomes.js';

/** What validate does next, now or later. */
let act: () => unknown;
const handled = vi.fn(() => 'handled');

const now = new HTTPBearer({ schemeName: 'Now', validate: () => act() as never });
const later = new HTTPBearer({
  schemeName: 'Later',
  validate: async () => Promise.resolve().then(act) as never,
});
/** Its first answers are looked into for a forgotten `await`, which the rest are not. */
const oftenNow = new HTTPBearer({ schemeName: 'OftenNow', validate: () => act() as never });
const oftenLater = new HTTPBearer({
  schemeName: 'OftenLater',
  validate: async () => Promise.resolve().then(act) as never,
});
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });
const other = new APIKeyHeader({ schemeName: 'Other', name: 'X-Other' });

@Controller()
class Routes {
  @Get('now') @Security(now) now() {
    return handled();
  }
  @Get('later') @Security(later) later() {
    return handled();
  }
  @Get('often-now') @Security(oftenNow) oftenNow() {
    return handled();
  }
  @Get('often-later') @Security(oftenLater) oftenLater() {
    return handled();
  }
  @Get('optional-now') @Security(optional(now)) optionalNow() {
    return handled();
  }
  @Get('optional-later') @Security(optional(later)) optionalLater() {
    return handled();
  }
  @Get('any-now') @Security(anyOf(now, key)) anyNow() {
    return handled();
  }
  @Get('any-later') @Security(anyOf(later, key)) anyLater() {
    return handled();
  }
  @Get('all-now') @Security(allOf(now, key)) allNow() {
    return handled();
  }
  @Get('all-later') @Security(allOf(later, key)) allLater() {
    return handled();
  }
  @Get('twice-now') @Security(allOf(now, anyOf(key, other))) twiceNow() {
    return handled();
  }
  @Get('twice-later') @Security(allOf(later, anyOf(key, other))) twiceLater() {
    return handled();
  }
}

const holds = ({ status }: Answer) => status === 200;

describe.each(adapters)('validate on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [now, later, oftenNow, oftenLater, key, other] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => handled.mockClear());

  const token: [string, string] = ['Authorization', 'Bearer a'];
  const ask = (path: string, ...headers: [string, string][]) =>
    answerTo(running.url, { path, headers: [token, ...headers] });

  describe.each(['now', 'later'])('that answers %s', (when) => {
    it.each([...returning, ...final, ...outages, ...refusing])(
      '%s',
      async (_what, does, expected) => {
        act = does;
        expect(await ask(`/${when}`)).toStrictEqual(expected);
        expect(handled).toHaveBeenCalledTimes(holds(expected) ? 1 : 0);
      },
    );

    it.each([...returning, ...final, ...outages, ...refusing])(
      '%s, where credentials are optional',
      async (_what, does, expected) => {
        act = does;
        expect(await ask(`/optional-${when}`)).toStrictEqual(expected);
        expect(handled).toHaveBeenCalledTimes(holds(expected) ? 1 : 0);
      },
    );

    it.each([...outages, ...refusing])(
      '%s, and the next alternative holds',
      async (_what, does) => {
        act = does;
        expect(await ask(`/any-${when}`, ['X-API-Key', 'a'])).toStrictEqual(accepted('handled'));
      },
    );

    it('and the promises of the application have a method for errors, as those of Bluebird', async () => {
      const hidden = { value: () => undefined, configurable: true };
      Object.defineProperty(Promise.prototype, 'error', hidden);
      onTestFinished(() => void Reflect.deleteProperty(Promise.prototype, 'error'));
      act = () => ({ user: 'john' });
      expect(await ask(`/${when}`)).toStrictEqual(accepted('handled'));
      expect(await ask(`/any-${when}`)).toStrictEqual(accepted('handled'));
      act = () => null;
      expect((await ask(`/${when}`)).status).toBe(401);
    });

    it.each(final)('%s, and the next alternative is not tried', async (_what, does, expected) => {
      act = does;
      expect(await ask(`/any-${when}`, ['X-API-Key', 'a'])).toStrictEqual(expected);
    });

    it.each(outages)('%s, and no other alternative holds', async (_what, does, expected) => {
      act = does;
      expect(await ask(`/any-${when}`)).toStrictEqual(expected);
      expect(await ask(`/any-${when}`, ['X-API-Key', ''])).toStrictEqual(expected);
      expect(handled).not.toHaveBeenCalled();
    });

    it.each([...outages, ...refusing])(
      '%s, and is asked once for two alternatives',
      async (_what, does, expected) => {
        const asked = vi.fn(does);
        act = asked;
        const sent: [string, string][] = [
          ['X-API-Key', 'a'],
          ['X-Other', 'b'],
        ];
        expect((await ask(`/twice-${when}`, ...sent)).status).toBe(expected.status);
        expect((await ask(`/twice-${when}`, ...sent)).status).toBe(expected.status);
        expect(asked).toHaveBeenCalledTimes(2);
      },
    );

    it.each([...final, ...outages])(
      '%s, beside good credentials',
      async (_what, does, expected) => {
        act = does;
        expect(await ask(`/all-${when}`, ['X-API-Key', 'a'])).toStrictEqual(expected);
      },
    );
  });

  describe.each(['now', 'later'])('that has answered %s often', (when) => {
    beforeAll(async () => {
      act = () => ({ user: 'john' });
      for (let answers = 0; answers < 120; answers++) {
        expect(await ask(`/often-${when}`)).toStrictEqual(accepted('handled'));
      }
    });

    it.each([...returning, ...final, ...outages, ...refusing])(
      '%s',
      async (_what, does, expected) => {
        act = does;
        expect(await ask(`/often-${when}`)).toStrictEqual(expected);
        expect(handled).toHaveBeenCalledTimes(holds(expected) ? 1 : 0);
      },
    );
  });

  it('never splits a header at a challenge of its own', async () => {
    act = throwing(new InvalidTokenException('No.', { challenge: 'Bearer\r\nSet-Cookie: a=b' }));
    const { status, header } = await rawRequest(running.url, { path: '/now', headers: [token] });
    expect([401, 500]).toContain(status);
    expect(header('Set-Cookie')).toStrictEqual([]);
  });

  it.each([
    ['a line break', 'a\r\nSet-Cookie: a=b'],
    ['an emoji', '🔒'],
  ])('answers 403 when the missing scope holds %s', async (_what, scope) => {
    act = throwing(new InsufficientScopeException([scope]));
    expect((await ask('/now')).status).toBe(403);
  });
});

describe.each(adapters)('a validate that never settles on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    const options = {
      schemes: [later, key, other, now, oftenNow, oftenLater],
      validateTimeout: 0.01,
    };
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot(options)],
      controllers: [Routes],
    });
    act = () => new Promise(() => undefined);
  });
  afterAll(() => running.app.close());
  beforeEach(() => handled.mockClear());

  it.each(['/now', '/later', '/optional-later', '/all-later'])(
    'answers 503 to %s',
    async (path) => {
      const headers: [string, string][] = [
        ['Authorization', 'Bearer a'],
        ['X-API-Key', 'a'],
      ];
      expect(await answerTo(running.url, { path, headers })).toStrictEqual(unavailable);
      expect(handled).not.toHaveBeenCalled();
    },
  );

  it('lets the next alternative try', async () => {
    const token: [string, string] = ['Authorization', 'Bearer a'];
    const ask = (...headers: [string, string][]) =>
      answerTo(running.url, { path: '/any-later', headers });
    expect(await ask(token, ['X-API-Key', 'a'])).toStrictEqual(accepted('handled'));
    expect(await ask(token)).toStrictEqual(unavailable);
  });
});
