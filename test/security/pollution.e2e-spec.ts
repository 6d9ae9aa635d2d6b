import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  HTTPBearer,
  type SecurityScheme,
} from 'nestjs-security';
import { parse } from 'node:querystring';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type RunningApp } from '../support/adapters.js';
import { outcomeOf, routesFor } from './guarded-routes.js';
import { GOOD } from './guarded-schemes.js';

type Line = [name: string, value: string];

const onlyGood = (text: string) => (text === GOOD ? { user: 'john' } : null);
const everywhere = new HTTPBearer({
  schemeName: 'Everywhere',
  bearerMethods: ['header', 'query', 'body'],
  validate: ({ credentials }) => onlyGood(credentials),
});
const headerOnly = new HTTPBearer({
  schemeName: 'HeaderOnly',
  validate: ({ credentials }) => onlyGood(credentials),
});
const query = new APIKeyQuery({ schemeName: 'Query', name: 'api_key', validate: onlyGood });
const cookie = new APIKeyCookie({ schemeName: 'Cookie', name: 'api_key', validate: onlyGood });
const header = new APIKeyHeader({ schemeName: 'Header', name: 'X-Key', validate: onlyGood });
const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'].flatMap((name) => [
  new APIKeyQuery({ schemeName: `Q-${name}`, name }),
  new APIKeyCookie({ schemeName: `C-${name}`, name }),
  new APIKeyHeader({ schemeName: `H-${name}`, name }),
]);
const schemes: SecurityScheme[] = [everywhere, headerOnly, query, cookie, header, ...inherited];

const expressWith = (parser: string) => (app: unknown) =>
  (app as NestExpressApplication).set('query parser', parser);
interface Server {
  name: string;
  create: () => AbstractHttpAdapter;
  configure: (app: unknown) => unknown;
}
const servers: Server[] = [
  ...['simple', 'extended'].map((parser) => ({
    name: `Express, ${parser} parser`,
    create: () => new ExpressAdapter(),
    configure: expressWith(parser),
  })),
  { name: 'Fastify', create: () => new FastifyAdapter(), configure: () => undefined },
  {
    name: 'Fastify, another parser',
    create: () =>
      new FastifyAdapter({ routerOptions: { querystringParser: (text) => parse(text) } }),
    configure: () => undefined,
  },
];

const form = (body: string) => ({
  method: 'POST',
  headers: [['Content-Type', 'application/x-www-form-urlencoded']] as Line[],
  body,
});
const token: Line = ['Authorization', `Bearer ${GOOD}`];

describe.each(servers)('pollution on $name', ({ create, configure, name }) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(
      { name, create },
      {
        imports: [AuthModule.forRoot({ schemes })],
        controllers: [routesFor(Object.fromEntries(schemes.map((s) => [s.schemeName, s])))],
      },
      configure,
    );
  });
  afterAll(() => running.app.close());

  const ask = (request: object) => outcomeOf(running.url, request);

  describe('T6 a token in two places', () => {
    const both = (path: string, request: object) => ({ path: `/Everywhere${path}`, ...request });
    const posted = form(`access_token=${GOOD}`);

    it.each([
      ['header and query', both(`?access_token=${GOOD}`, { headers: [token] })],
      ['header and form', both('', { ...posted, headers: [...posted.headers, token] })],
      ['query and form', both(`?access_token=${GOOD}`, posted)],
      [
        'all three',
        both(`?access_token=${GOOD}`, { ...posted, headers: [...posted.headers, token] }),
      ],
      ['query twice', both(`?access_token=${GOOD}&access_token=${GOOD}`, {})],
      ['query twice, one empty', both(`?access_token=&access_token=${GOOD}`, {})],
      ['form twice', both('', form(`access_token=${GOOD}&access_token=${GOOD}`))],
    ])('refuses %s', async (_what, request) => {
      expect(await ask(request)).toMatchObject({
        status: 400,
        challenges: ['Bearer error="invalid_request"'],
        ran: false,
      });
    });

    it.each([
      ['query', both(`?access_token=${GOOD}`, {})],
      ['form', both('', posted)],
      ['header', both('', { headers: [token] })],
    ])('accepts one in the %s alone', async (_what, request) => {
      expect((await ask(request)).ran).toBe(true);
    });

    it('reads neither query nor form unless told to', async () => {
      const path = `/HeaderOnly?access_token=${GOOD}&access_token=${GOOD}`;
      expect(await ask({ path })).toMatchObject({
        status: 401,
        challenges: ['Bearer'],
        ran: false,
      });
      expect(await ask({ ...posted, path })).toMatchObject({ status: 401, ran: false });
      expect(await ask({ path, headers: [token] })).toMatchObject({ status: 200, ran: true });
    });
  });

  describe('T7 polluted queries, cookies and forms', () => {
    const spoilt = (key: string) => [
      `${key}[]=${GOOD}`,
      `${key}[0]=${GOOD}`,
      `${key}[${key}]=${GOOD}`,
      `${key}[length]=1&${key}[0]=${GOOD}`,
      `${key}.${key}=${GOOD}`,
      `__proto__[${key}]=${GOOD}`,
      `__proto__.${key}=${GOOD}`,
      `constructor[prototype][${key}]=${GOOD}`,
      `__proto__=${GOOD}`,
      `${key}%5B%5D=${GOOD}`,
      `%5F%5Fproto%5F%5F[${key}]=${GOOD}`,
      `${key}%00=${GOOD}`,
      `${key}=${GOOD}%00`,
      `${key}=%20${GOOD}`,
      `${key.toUpperCase()}=${GOOD}`,
      `;${key}=${GOOD}`,
      `x=1;${key}=${GOOD}`,
      `${key}=${GOOD},${GOOD}`,
      `[${key}]=${GOOD}`,
      `${key}[`,
      `${key}[toString]=x&${key}[${GOOD}]`,
      `${'a[b]'.repeat(200)}=${GOOD}`,
      `%E0%A4%A=${GOOD}`,
    ];
    const never = (outcome: { status: number; ran: boolean }) => {
      expect([400, 401]).toContain(outcome.status);
      expect(outcome.ran).toBe(false);
      const inheritedNames: string[] = [];
      for (const key in {}) inheritedNames.push(key);
      expect(inheritedNames).toStrictEqual([]);
    };

    it.each(spoilt('api_key'))('takes no key from ?%s', async (sent) => {
      never(await ask({ path: `/Query?${sent}` }));
    });

    it.each(spoilt('access_token'))('takes no token from ?%s', async (sent) => {
      never(await ask({ path: `/Everywhere?${sent}` }));
    });

    // [access_token]=x is how the extended parser spells access_token=x: one name, one string.
    const inForms = spoilt('access_token').filter((pair) => !pair.startsWith('['));
    it.each(inForms)('takes no token from the form %s', async (sent) => {
      never(await ask({ path: '/Everywhere', ...form(sent) }));
    });

    it.each([
      ...spoilt('api_key').filter((pair) => !/^(x=1)?;/.test(pair)),
      `api_key[]=${GOOD}; __proto__[api_key]=${GOOD}`,
      `api_key`,
      `=${GOOD}`,
      `api_key =a; x api_key=${GOOD}`,
      `x="; api_key="${GOOD}`,
      `api_key,${GOOD}`,
      `$api_key=${GOOD}`,
    ])('takes no key from the cookies %s', async (sent) => {
      never(await ask({ path: '/Cookie', headers: [['Cookie', sent]] }));
    });

    it.each(inherited.map(({ schemeName }) => schemeName))(
      'finds no %s in a request that holds none',
      async (scheme) => {
        for (const request of [{}, { headers: [['Cookie', 'a=b']] }, form('a=b')]) {
          expect(await ask({ path: `/${scheme}`, ...request })).toMatchObject({ status: 401 });
        }
      },
    );

    it.each([
      ['a list', `[["access_token","${GOOD}"]]`],
      ['an object', `{"access_token":"${GOOD}"}`],
      ['an own __proto__', `{"__proto__":{"access_token":"${GOOD}"}}`],
    ])('reads no token from JSON, even %s', async (_what, body) => {
      const headers = [['Content-Type', 'application/json']];
      never(await ask({ path: '/Everywhere', method: 'POST', headers, body }));
    });

    it('reads no token from a multipart form', async () => {
      const headers = [['Content-Type', 'multipart/form-data; boundary=x']];
      const part = 'Content-Disposition: form-data; name="access_token"';
      const body = `--x\r\n${part}\r\n\r\n${GOOD}\r\n--x--`;
      const outcome = await ask({ path: '/Everywhere', method: 'POST', headers, body });
      expect([400, 401, 415]).toContain(outcome.status);
      expect(outcome.ran).toBe(false);
    });
  });

  describe('T7 when something else has polluted Object.prototype', () => {
    const names = ['authorization', 'x-key', 'cookie', 'access_token', 'api_key', 'content-type'];
    const all = Object.prototype as Record<string, unknown>;
    const pollute = (value: (name: string) => unknown) => {
      for (const name of names) {
        Object.defineProperty(all, name, {
          value: value(name),
          configurable: true,
          writable: true,
        });
      }
    };
    afterEach(() => names.forEach((name) => delete all[name]));

    it.each(['Everywhere', 'HeaderOnly', 'Query', 'Cookie', 'Header'])(
      '%s takes no inherited credentials',
      async (scheme) => {
        pollute((name) =>
          name === 'authorization'
            ? `Bearer ${GOOD}`
            : name === 'cookie'
              ? `api_key=${GOOD}`
              : GOOD,
        );
        const outcome = await ask({ path: `/${scheme}` });
        expect(outcome).toMatchObject({ status: 401, ran: false });
      },
    );
  });
});
