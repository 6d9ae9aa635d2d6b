import { Controller, Get, type INestApplication, Injectable, Req, Scope } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { afterEach, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { SecurityGuard } from '../../lib/guards/security.guard.js';
import { createDocument } from '../../lib/openapi/index.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { expectDocumentMatchesEnforcement } from '../../lib/testing/index.js';
import { type Adapter, adapters, createApp } from '../support/adapters.js';
import {
  documentedApplication,
  handled,
  key,
  Operator,
  plain,
  Token,
} from './documented-application.js';

const documentOf = (app: INestApplication) => createDocument(app, new DocumentBuilder().build());

/** Whether anything of the library or of the schemes is replaced. */
const traces = (app: INestApplication) => ({
  guard: SecurityGuard.prototype.canActivate,
  token: Object.getOwnPropertyDescriptor(app.get(Token), 'validate'),
  key: Object.getOwnPropertyDescriptor(key, 'validate'),
  plain: Object.getOwnPropertyDescriptor(plain, 'validate'),
  operator: Operator.prototype.validate,
});

const statusOf = async (url: string, path: string, headers: Record<string, string> = {}) =>
  (await fetch(`${url}/routes/${path}`, { headers })).status;

describe.each(adapters)('while a document is compared, on $name', (adapter) => {
  const running: INestApplication[] = [];
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));

  async function start(by: Adapter = adapter) {
    const { app, url } = await createApp(by, documentedApplication);
    running.push(app);
    handled.length = 0;
    return { app, url };
  }

  it('nothing is left replaced', async () => {
    const { app } = await start();
    const before = traces(app);
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    expect(traces(app)).toStrictEqual(before);
  });

  it('nothing is left replaced when a request fails', async () => {
    const { app } = await start();
    const before = traces(app);
    const document = documentOf(app);
    document.paths['http://['] = { get: { responses: {} } };
    await expect(expectDocumentMatchesEnforcement(app, document)).rejects.toThrow('Invalid URL');
    expect(traces(app)).toStrictEqual(before);
  });

  it('nothing is left replaced when a scheme is unknown', async () => {
    const { app } = await start();
    const before = traces(app);
    const document = documentOf(app);
    document.paths['/routes/token']!.get!.security = [{ Unknown: [] }];
    await expect(expectDocumentMatchesEnforcement(app, document)).rejects.toThrow();
    expect(traces(app)).toStrictEqual(before);
  });

  it('everybody else is served as ever', async () => {
    const { app, url } = await start();
    const expected = {
      'token, real': 200,
      'token, made up': 401,
      'token, nothing': 401,
      'scope, real': 403,
      'key, real': 200,
      'key, made up': 401,
      'plain, any': 200,
      open: 200,
    };
    const others = async () => {
      const real = { authorization: 'Bearer real' };
      const probe = { authorization: 'Bearer probe' };
      return {
        'token, real': await statusOf(url, 'token', real),
        'token, made up': await statusOf(url, 'token', probe),
        'token, nothing': await statusOf(url, 'token'),
        'scope, real': await statusOf(url, 'scoped', real),
        'key, real': await statusOf(url, 'key/1', { 'x-api-key': 'real' }),
        'key, made up': await statusOf(url, 'key/1', { 'x-api-key': 'probe' }),
        'plain, any': await statusOf(url, 'plain', { 'x-plain': 'probe' }),
        open: await statusOf(url, 'open', { 'x-nestjs-security-probe': 'guessed' }),
      };
    };
    let busy = true;
    const comparing = expectDocumentMatchesEnforcement(app, documentOf(app)).finally(() => {
      busy = false;
    });
    let rounds = 0;
    for (; busy; rounds++) expect(await others()).toStrictEqual(expected);
    await comparing;
    expect(rounds).toBeGreaterThan(0);
    expect(await others()).toStrictEqual(expected);
    expect(new Set(handled)).toStrictEqual(new Set(['token', 'key', 'plain', 'open']));
  });

  it('a scheme that is made per request is restored for the next', async () => {
    const { app, url } = await start();
    const basic = (name: string) => ({
      authorization: `Basic ${btoa(`${name}:`)}`,
      'x-api-key': 'real',
    });
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    expect(await statusOf(url, 'operator', basic('real'))).toBe(200);
    expect(await statusOf(url, 'operator', basic('probe'))).toBe(401);
  });

  it('another application is compared just the same', async () => {
    const [one, two] = [await start(), await start()];
    const counts = await Promise.all([
      expectDocumentMatchesEnforcement(one.app, documentOf(one.app)),
      expectDocumentMatchesEnforcement(two.app, documentOf(two.app)),
    ]);
    expect(counts[0]).toBe(counts[1]);
    expect(handled).toStrictEqual([]);
  });

  it('a longer comparison outlives a shorter one', async () => {
    const one = await start();
    const before = traces(one.app);
    const small = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Small],
    });
    running.push(small.app);
    const results = await Promise.allSettled([
      expectDocumentMatchesEnforcement(small.app, documentOf(small.app)),
      expectDocumentMatchesEnforcement(one.app, documentOf(one.app)),
    ]);
    expect(results.map(({ status }) => status)).toStrictEqual(['fulfilled', 'fulfilled']);
    expect(handled).toStrictEqual([]);
    expect(traces(one.app)).toStrictEqual(before);
  });

  it('every scheme may be made per request', async () => {
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [PerRequest] })],
      controllers: [PerRequestRoutes],
    });
    running.push(app);
    handled.length = 0;
    expect(await expectDocumentMatchesEnforcement(app, documentOf(app))).toBe(2);
    expect(handled).toStrictEqual([]);
  });

  it('the application must listen', async () => {
    const { app } = await start();
    const document = documentOf(app);
    await app.close();
    await expect(expectDocumentMatchesEnforcement(app, document)).rejects.toThrow();
  });
});

@Controller('small')
@Security(key)
class Small {
  @Get() read() {}
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends APIKeyHeader<string> {
  constructor() {
    super({ name: 'X-Per-Request' });
  }
  override validate(value: string) {
    return { user: value };
  }
}

@Controller({ path: 'per-request', scope: Scope.REQUEST })
@Security(PerRequest)
class PerRequestRoutes {
  @Get()
  read(@Req() request: { user: unknown }) {
    handled.push(String(request.user));
  }
}
