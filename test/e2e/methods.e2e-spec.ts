import { All, Controller, Get, Head, Options, Post, Res, Sse } from '@nestjs/common';
import { AuthModule, Security } from 'nestjs-security';
import { of } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { token, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo, notAuthenticated } from '../support/answer.js';
import { rawRequest } from '../support/raw-request.js';

const handled = vi.fn(() => 'secret');

@Controller('items')
@Security(token)
class Routes {
  @Get() find() {
    return handled();
  }
  @Post() create() {
    return handled();
  }
  @All('all') all() {
    return handled();
  }
  @Options('options') options() {
    return handled();
  }
  @Head('head') head() {
    return handled();
  }
  @Sse('events') events() {
    return of({ data: handled() });
  }
  @Get('own') own(@Res() response: { send(body: string): void }) {
    response.send(handled());
  }
  @Get(':id/a/b') deep() {
    return handled();
  }
}

describe.each(adapters)('methods and paths on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [token] })], controllers: [Routes] },
      (app) => app.setGlobalPrefix('api'),
    );
  });
  afterAll(() => running.app.close());
  beforeEach(() => handled.mockClear());

  it.each([
    ['GET', '/api/items'],
    ['POST', '/api/items'],
    ['GET', '/api/items/all'],
    ['PUT', '/api/items/all'],
    ['DELETE', '/api/items/all'],
    ['PATCH', '/api/items/all'],
    ['OPTIONS', '/api/items/all'],
    ['OPTIONS', '/api/items/options'],
    ['GET', '/api/items/events'],
    ['GET', '/api/items/own'],
    ['GET', '/api/items/1/a/b'],
  ])('challenges %s %s', async (method, path) => {
    expect(await answerTo(running.url, { method, path })).toStrictEqual(notAuthenticated('Bearer'));
    expect(handled).not.toHaveBeenCalled();
  });

  it.each(['/api/items', '/api/items/head'])('challenges HEAD %s', async (path) => {
    expect(await answerTo(running.url, { method: 'HEAD', path })).toStrictEqual({
      status: 401,
      challenges: ['Bearer'],
      body: '',
    });
    expect(handled).not.toHaveBeenCalled();
  });

  it('answers HEAD with a token', async () => {
    const request = { method: 'HEAD', path: '/api/items', headers: [withToken('john')] };
    expect((await rawRequest(running.url, request)).status).toBe(200);
  });

  it.each([
    ['GET', '/api/items/'],
    ['GET', '/api//items'],
    ['GET', '//api/items'],
    ['GET', '/API/ITEMS'],
    ['GET', '/api/%69tems'],
    ['GET', '/api/items?'],
    ['GET', '/api/items?x=1#y'],
    ['GET', '/api/items;a=b'],
    ['GET', '/api/./items'],
    ['GET', '/api/x/../items'],
    ['GET', 'http://evil.example/api/items'],
    ['OPTIONS', '/api/items'],
    ['PUT', '/api/items'],
    ['TRACE', '/api/items'],
    ['PROPFIND', '/api/items'],
  ])('never handles %s %s without a token', async (method, path) => {
    await rawRequest(running.url, { method, path });
    expect(handled).not.toHaveBeenCalled();
  });

  it.each(['X-HTTP-Method-Override', 'X-Original-URL', 'X-Forwarded-For', 'X-Rewrite-URL'])(
    'challenges whatever %s says',
    async (name) => {
      const request = { path: '/api/items', headers: [[name, '/public']] as [string, string][] };
      expect(await answerTo(running.url, request)).toStrictEqual(notAuthenticated('Bearer'));
    },
  );
});
