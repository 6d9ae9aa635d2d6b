import {
  BadGatewayException,
  ForbiddenException,
  HttpException,
  UnauthorizedException,
} from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  HTTPBearer,
  InvalidTokenException,
  optional,
} from 'nestjs-security';
import { createConnection, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { serverError, unavailable } from '../support/answer.js';
import { outcomeOf, routesFor } from './guarded-routes.js';
import { recordLogs, type RecordedLogs } from './recorded-logs.js';

const CANARY = 'canary-9b21e7';
let act: () => unknown;

const now = new HTTPBearer({ schemeName: 'Now', validate: () => act() as never });
const later = new HTTPBearer({
  schemeName: 'Later',
  validate: async () => (await Promise.resolve(), act() as never),
});
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key' });
const requirements = {
  now,
  later,
  optionalNow: optional(now),
  optionalLater: optional(later),
  any: anyOf(later, key),
  all: allOf(key, later),
};
const every = Object.keys(requirements);

const throwing = (error: unknown) => () => {
  throw error;
};
const coded = (code: string, options?: ErrorOptions) =>
  Object.assign(new Error(`the store says ${code}`, options), { code });

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function refusedConnection(): Promise<never> {
  const port = await closedPort();
  return new Promise((_, reject) => createConnection(port, '127.0.0.1').once('error', reject));
}

describe.each(adapters)('validate on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;

  beforeAll(async () => {
    logs = recordLogs();
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes: [now, later, key] })],
        controllers: [routesFor(requirements)],
      },
      (app) => app.useLogger(logs.logger),
    );
  });
  afterAll(async () => {
    await running.app.close();
    logs.restore();
  });
  beforeEach(() => logs.clear());

  const ask = (path: string, credentials = true) => {
    const sent = [
      ['Authorization', `Bearer ${CANARY}`],
      ['X-Key', CANARY],
    ];
    return outcomeOf(running.url, {
      path: `/${path}`,
      headers: (credentials ? sent : []) as never,
    });
  };

  describe('T17 validate throws', () => {
    const thrown = [
      new Error('internal detail'),
      new TypeError('internal detail'),
      'internal detail',
      undefined,
      null,
      0,
      { message: 'internal detail' },
      Object.assign(new Error('internal detail'), { status: 401, statusCode: 401 }),
      Object.assign(new Error('internal detail'), { code: 'EACCES' }),
    ];

    it.each(every.flatMap((path) => thrown.map((value) => [path, value] as const)))(
      '/%s answers 500 to %j, without a challenge',
      async (path, value) => {
        act = throwing(value);
        expect(await ask(path)).toStrictEqual({ ...serverError, ran: false });
        expect(logs.text()).not.toContain(CANARY);
      },
    );

    it.each(every)('/%s answers 500 to a promise rejected with something else', async (path) => {
      act = () => Promise.reject({ message: 'internal detail' });
      expect(await ask(path)).toStrictEqual({ ...serverError, ran: false });
    });

    it('answers 500 to a thrown object that poses as an answer', async () => {
      act = throwing({ statusCode: 401, message: 'internal detail' });
      expect(await ask('now')).toStrictEqual({ ...serverError, ran: false });
    });
  });

  describe('T18 validate throws an answer', () => {
    it.each([
      new UnauthorizedException('Expired.'),
      new InvalidTokenException('Expired.'),
      new ForbiddenException('No.'),
      new HttpException('Pay.', 402),
      new HttpException('Slow down.', 429),
      new BadGatewayException('Up.'),
    ])('%s is sent as it is', async (exception) => {
      act = throwing(exception);
      for (const path of ['now', 'later', 'optionalNow', 'all']) {
        const { status, body, ran, challenges } = await ask(path);
        expect({ status, body, ran }).toStrictEqual({
          status: exception.getStatus(),
          body: JSON.parse(JSON.stringify(bodyOf(exception))),
          ran: false,
        });
        expect(challenges.length > 0).toBe(exception.getStatus() === 401);
      }
    });
  });

  describe('T19 validate returns nobody', () => {
    const nobody = [undefined, null, false, 0, '', Number.NaN, 0n, -0];
    it.each(every.flatMap((path) => nobody.map((value) => [path, value] as const)))(
      '/%s answers 401 to %s',
      async (path, value) => {
        act = () => value;
        const outcome = await ask(path);
        expect(outcome).toMatchObject(
          path === 'any' ? { status: 200 } : { status: 401, ran: false },
        );
      },
    );

    const junk = [true, 1, 'john', [], {}, ['john'], { user: null }, { scopes: ['a'] }, () => 1];
    it.each(every.flatMap((path) => junk.map((value) => [path, value] as const)))(
      '/%s answers 500 to %j, which says nobody',
      async (path, value) => {
        act = () => value;
        expect(await ask(path)).toStrictEqual({ ...serverError, ran: false });
      },
    );

    it('does not compile where it answers with something else', () => {
      // @ts-expect-error: true is not an answer
      const wrong = new HTTPBearer({ schemeName: 'Wrong', validate: () => true });
      // @ts-expect-error: a user alone is not an answer
      const bare = new HTTPBearer<string>({ schemeName: 'Bare', validate: () => 'john' });
      expect([wrong, bare]).toHaveLength(2);
    });
  });

  const down: [string, () => unknown][] = [
    ['refuses the connection', refusedConnection],
    ['refuses fetch', async () => fetch(`http://127.0.0.1:${await closedPort()}`)],
    ['is reset', throwing(coded('ECONNRESET'))],
    ['times out', throwing(coded('ETIMEDOUT'))],
    ['has no address', throwing(coded('ENOTFOUND'))],
    ['is the cause', throwing(new Error('lookup failed', { cause: coded('EAI_AGAIN') }))],
    [
      'is the cause of a cause',
      throwing(new Error('a', { cause: new Error('b', { cause: coded('EPIPE') }) })),
    ],
    ['is one of several', throwing(new AggregateError([new Error('a'), coded('EHOSTUNREACH')]))],
    ['is waited for no longer', throwing(new DOMException('late', 'TimeoutError'))],
    ['is given up', throwing(new DOMException('given up', 'AbortError'))],
  ];

  describe('T21 the user store is down', () => {
    it.each(down.flatMap(([how, fails]) => every.map((path) => [how, path, fails] as const)))(
      'it %s: /%s is 503 unless another alternative holds, and the cause is logged',
      async (_how, path, fails) => {
        act = fails;
        const answer = await ask(path);
        if (path === 'any') expect(answer).toMatchObject({ status: 200, ran: true });
        else expect(answer).toStrictEqual({ ...unavailable, ran: false });
        expect(logs.text('error')).toMatch(/E[A-Z_]+|TimeoutError|AbortError/);
        expect(logs.text()).not.toContain(CANARY);
      },
    );

    it('the log has nothing of the request that the client of the store carries along', async () => {
      const config = { headers: { Authorization: `Bearer ${CANARY}` }, data: `token=${CANARY}` };
      act = throwing(Object.assign(coded('ECONNREFUSED'), { config, request: { config } }));
      expect(await ask('now')).toStrictEqual({ ...unavailable, ran: false });
      expect(logs.text('error')).toContain('ECONNREFUSED');
      expect(logs.text()).not.toContain(CANARY);
    });

    it('a chain of causes that bites its tail is 500, at once', async () => {
      const error = new Error('internal detail');
      error.cause = new AggregateError([error, error], 'internal detail', { cause: error });
      act = throwing(error);
      expect(await ask('later')).toStrictEqual({ ...serverError, ran: false });
    });
  });

  describe('T22 optional credentials that are wrong', () => {
    it.each(['optionalNow', 'optionalLater'])('/%s is 401', async (path) => {
      act = () => null;
      expect(await ask(path)).toMatchObject({
        status: 401,
        challenges: ['Bearer error="invalid_token"'],
        ran: false,
      });
    });

    it.each(['optionalNow', 'optionalLater'])('/%s without any has no user', async (path) => {
      act = throwing(new Error('not to be called'));
      expect(await ask(path, false)).toMatchObject({
        status: 200,
        body: { user: null },
        ran: true,
      });
    });
  });

  describe('T23 optional credentials while the user store is down', () => {
    it.each(['optionalNow', 'optionalLater'])('/%s is 503, not anonymous', async (path) => {
      act = throwing(coded('ECONNREFUSED'));
      expect(await ask(path)).toStrictEqual({ ...unavailable, ran: false });
    });
  });
});

function bodyOf(exception: HttpException): unknown {
  const body = exception.getResponse();
  return typeof body === 'string' ? { statusCode: exception.getStatus(), message: body } : body;
}
