import { Controller, Get, Post, Sse, StreamableFile, VersioningType } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuthModule, Security } from 'nestjs-security';
import { Readable } from 'node:stream';
import { of } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { token, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

const SECRET = 'secret of the handler';
const handled = vi.fn(() => SECRET);

@Controller({ path: 'items', version: '1' })
@Security(token)
class Items {
  @Get() find() {
    return handled();
  }
  @Post('create') create() {
    return handled();
  }
  @Get(':id/detail') detail() {
    return handled();
  }
  @Sse('events') events() {
    return of({ data: handled() });
  }
  @Get('file') file() {
    return new StreamableFile(Readable.from([handled()]));
  }
  @Get('stream') async *stream() {
    yield handled();
  }
}

const lenient = {
  name: 'Fastify, lenient router',
  create: () =>
    new FastifyAdapter({
      routerOptions: {
        ignoreTrailingSlash: true,
        ignoreDuplicateSlashes: true,
        caseSensitive: false,
        useSemicolonDelimiter: true,
      } as object,
    }),
};
const strict = {
  name: 'Express, strict routing',
  create: () => {
    const adapter = new ExpressAdapter();
    adapter.getInstance<{ enable(name: string): void }>().enable('strict routing');
    adapter.getInstance<{ enable(name: string): void }>().enable('case sensitive routing');
    return adapter;
  },
};
type Line = [name: string, value: string];

const variants = (path: string) => [
  path,
  `${path}/`,
  `${path}//`,
  `/${path}`,
  `//${path}`,
  path.replaceAll('/', '//'),
  path.replace('items', '%69tems'),
  path.replace('items', '%2569tems'),
  path.replace('items', '%49TEMS'),
  path.replace('items', 'ITEMS'),
  path.replace('/items', '%2Fitems'),
  path.replace('/items', '/./items'),
  path.replace('/items', '/x/../items'),
  path.replace('/items', '/%2e%2e/items'),
  path.replace('/items', '\\items'),
  path.replace('items', 'items;a=b'),
  path.replace('items', ';a=b/items'),
  path.replace('items', 'items%00'),
  path.replace('items', 'items%20'),
  path.replace('items', 'items%C3'),
  path.replace('items', 'item\u017f'),
  `${path}?`,
  `${path}?a=b#c`,
  `${path}#`,
  `${path}.json`,
  `${path}%3F`,
  `http://evil.example${path}`,
  `http://127.0.0.1${path}`,
  `https://user:pw@evil.example:99999${path}`,
  `HTTP://EVIL${path}`,
  path.replace('v1', 'v01'),
  path.replace('v1', 'V1'),
  path.replace('v1', 'v2'),
  path.replace('/v1', ''),
  path.replace('/api', ''),
  path.slice(1),
  '*',
];

describe.each([...adapters, lenient, strict])('routes on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [token] })], controllers: [Items] },
      (app) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI }),
    );
  });
  afterAll(() => running.app.close());
  beforeEach(() => handled.mockClear());

  const ask = (path: string, method = 'GET', headers: Line[] = []) =>
    rawRequest(running.url, { path, method, headers });

  describe('T30 other methods', () => {
    it.each(['/api/v1/items', '/api/v1/items/file', '/api/v1/items/7/detail'])(
      'HEAD %s is 401, with the challenge and without a body',
      async (path) => {
        const { status, header, body } = await ask(path, 'HEAD');
        expect([status, header('WWW-Authenticate'), body]).toStrictEqual([401, ['Bearer'], '']);
        expect(handled).not.toHaveBeenCalled();
      },
    );

    it.each(['OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'LOCK', 'SEARCH', 'PURGE'])(
      '%s reaches no handler of GET, even with a token',
      async (method) => {
        for (const headers of [[], [withToken('john')]]) {
          const { body } = await ask('/api/v1/items', method, headers);
          expect(body).not.toContain(SECRET);
        }
        expect(handled).not.toHaveBeenCalled();
      },
    );

    it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
      '%s changes no method',
      async (name) => {
        expect((await ask('/api/v1/items', 'GET', [[name, 'OPTIONS']])).status).toBe(401);
      },
    );

    it.each(['G\0T', 'get', 'GETS', 'CONNECT'])('%j reaches no handler', async (method) => {
      await ask('/api/v1/items', method).catch(() => undefined);
      expect(handled).not.toHaveBeenCalled();
    });
  });

  describe('T31 other spellings of a path', () => {
    it.each([...variants('/api/v1/items'), ...variants('/api/v1/items/7/detail')])(
      '%s is as closed',
      async (path) => {
        for (const headers of [[], [withToken('bad')]]) {
          const { status, body } = await ask(path, 'GET', headers);
          expect([400, 401, 404]).toContain(status);
          expect(body).not.toContain(SECRET);
        }
        expect(handled).not.toHaveBeenCalled();
      },
    );

    it('and the path itself is open to a token', async () => {
      const { status, body } = await ask('/api/v1/items', 'GET', [withToken('john')]);
      expect([status, body]).toStrictEqual([200, SECRET]);
    });
  });

  describe('T37 answers that are streamed', () => {
    it.each(['events', 'file', 'stream'])('%s is refused before its first byte', async (path) => {
      for (const headers of [[], [withToken('bad')]]) {
        const { status, header, body } = await ask(`/api/v1/items/${path}`, 'GET', headers);
        expect(status).toBe(401);
        expect(header('content-type')[0]).toMatch(/^application\/json/);
        expect(JSON.parse(body)).toMatchObject({ statusCode: 401 });
      }
      expect(handled).not.toHaveBeenCalled();
    });

    it('and the file is sent to who has a token', async () => {
      const { body } = await ask('/api/v1/items/file', 'GET', [withToken('john')]);
      expect(body).toBe(SECRET);
    });
  });
});

describe.each(adapters)('T30 OPTIONS with CORS on $name', (adapter) => {
  it('is answered without a token and without the handler; the request itself is not', async () => {
    const { app, url } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [token] })], controllers: [Items] },
      (created) => created.enableCors({ origin: 'https://app.example' }),
    );
    handled.mockClear();
    const origin: Line[] = [
      ['Origin', 'https://app.example'],
      ['Access-Control-Request-Method', 'GET'],
    ];
    const preflight = await rawRequest(url, { method: 'OPTIONS', path: '/items', headers: origin });
    const actual = await rawRequest(url, { path: '/items', headers: origin });
    await app.close();
    expect(preflight.status).toBe(204);
    expect(actual.status).toBe(401);
    expect(handled).not.toHaveBeenCalled();
  });
});

describe.each(adapters)('T31 versions in headers and media types on $name', (adapter) => {
  it.each([
    { type: VersioningType.HEADER, header: 'X-Version' } as const,
    { type: VersioningType.MEDIA_TYPE, key: 'v=' } as const,
  ])('close every spelling', async (versioning) => {
    const { app, url } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [token] })], controllers: [Items] },
      (created) => created.enableVersioning(versioning),
    );
    handled.mockClear();
    const statuses: number[] = [];
    for (const value of ['1', '01', ' 1', '1, 2', '2', '', '__proto__', '1;', '*']) {
      const headers: Line[] = [
        ['X-Version', value],
        ['Accept', `application/json;v=${value}`],
      ];
      statuses.push((await rawRequest(url, { path: '/items', headers })).status);
    }
    await app.close();
    expect(statuses.filter((status) => status !== 401 && status !== 404)).toStrictEqual([]);
    expect(statuses).toContain(401);
    expect(handled).not.toHaveBeenCalled();
  });
});
