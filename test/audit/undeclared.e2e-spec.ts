import { Controller, Get, Post, type Type } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import type { AuthModuleOptions } from '../../lib/auth.options.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { adapters, createApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';
import { table } from './table.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key' });
const handler = vi.fn(() => 'ran');
beforeEach(() => handler.mockClear());

@Controller('routes')
class Routes {
  @Get('open')
  open() {
    return handler();
  }
  @Post('open')
  write() {
    return handler();
  }
  @Get('public')
  @Public()
  public() {
    return handler();
  }
  @Get('closed')
  @Security(key)
  closed() {
    return handler();
  }
}

abstract class Base {
  @Get()
  inherited() {
    return handler();
  }
}

@Controller('others')
class Others extends Base {}

const module = (options: AuthModuleOptions, controllers: Type[] = [Routes, Others]) => ({
  imports: [AuthModule.forRoot({ schemes: [key], ...options })],
  controllers,
});

const forbidden = {
  status: 403,
  challenges: [],
  body: { message: 'This route declares no security', error: 'Forbidden', statusCode: 403 },
};

const credentials = { headers: [['X-API-Key', 'any']] as [string, string][] };

describe.each(adapters)('routes that declare nothing, on $name', (adapter) => {
  it.each([
    ['GET', '/routes/open'],
    ['POST', '/routes/open'],
    ['GET', '/others'],
  ])('are answered 403 when denied: %s %s', async (method, path) => {
    const { app, url } = await createApp(adapter, module({ undeclared: 'deny' }));
    expect(await answerTo(url, { method, path })).toStrictEqual(forbidden);
    expect(await answerTo(url, { method, path, ...credentials })).toStrictEqual(forbidden);
    expect(handler).not.toHaveBeenCalled();
    await app.close();
  });

  it('deny nothing else', async () => {
    const { app, url } = await createApp(adapter, module({ undeclared: 'deny' }));
    const statuses = [
      (await answerTo(url, { path: '/routes/public' })).status,
      (await answerTo(url, { path: '/routes/closed', ...credentials })).status,
      (await answerTo(url, { path: '/routes/closed' })).status,
      (await answerTo(url, { path: '/nowhere' })).status,
    ];
    expect(statuses).toStrictEqual([200, 200, 401, 404]);
    await app.close();
  });

  it.each(['allow', 'warn', undefined] as const)('are open under %s', async (undeclared) => {
    const options = undeclared === undefined ? {} : { undeclared };
    const { app, url } = await createApp(adapter, module(options));
    for (const path of ['/routes/open', '/others']) {
      expect(await answerTo(url, { path })).toMatchObject({ status: 200, body: 'ran' });
    }
    await app.close();
  });

  it.each(['allow', 'warn', 'deny', 'throw'] as const)(
    'have the default requirement where there is one, also under %s',
    async (undeclared) => {
      const { app, url } = await createApp(adapter, module({ undeclared, security: key }));
      expect((await answerTo(url, { path: '/others' })).status).toBe(401);
      expect((await answerTo(url, { path: '/others', ...credentials })).status).toBe(200);
      await app.close();
    },
  );

  it('keep an application from booting that says so, each named', async () => {
    const booting = createApp(adapter, module({ undeclared: 'throw' }));
    await expect(booting).rejects.toThrow(ConfigurationError);
    await expect(booting).rejects.toThrow(
      [
        '3 handlers are declared wrongly:',
        '- Routes.open declares no requirement: add @Security(...) or @Public()',
        '- Routes.write declares no requirement: add @Security(...) or @Public()',
        '- Others.inherited declares no requirement: add @Security(...) or @Public()',
      ].join('\n'),
    );
  });

  it('let an application boot that has none of them', async () => {
    @Controller()
    @Security(key)
    class Declared extends Base {}
    const { app } = await createApp(adapter, module({ undeclared: 'throw' }, [Declared]));
    await app.close();
  });
});

describe('the audit of routes that declare nothing', () => {
  it.each([
    ['allow', 'undeclared | none | -'],
    ['deny', 'protected | nobody | AuthModule undeclared'],
  ] as const)('says under %s: %s', async (undeclared, policy) => {
    const { app } = await createApp(adapters[0]!, module({ undeclared }, [Others]));
    expect(table(AuthModule.audit(app))).toStrictEqual([
      `GET /others | Others.inherited | ${policy}`,
    ]);
    await app.close();
  });
});

it('the audit tells what a handler under always declares itself', async () => {
  const { app } = await createApp(adapters[0]!, {
    imports: [AuthModule.forRoot({ schemes: [key], always: key })],
    controllers: [Routes],
  });
  const routes = AuthModule.audit(app).map(({ method, path, access, declared }) => [
    `${method} ${path}`,
    access,
    declared,
  ]);
  await app.close();
  expect(routes).toStrictEqual([
    ['GET /routes/closed', 'protected', undefined],
    ['GET /routes/open', 'protected', 'undeclared'],
    ['POST /routes/open', 'protected', 'undeclared'],
    ['GET /routes/public', 'protected', 'public'],
  ]);
});
