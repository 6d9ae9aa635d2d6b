import { Body, Controller, Get, type INestApplication, Logger, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  anyOf,
  AuthModule,
  CurrentUser,
  HTTPDigest,
  HTTPScheme,
  optional,
  Public,
  Security,
} from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { webSockets } from 'nestjs-security/websockets';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SendsExceptions, ws } from '../websockets/clients.js';
import { digestAnswer, type DigestClient, paramsOf } from '../schemes/http-digest-client.js';
import { adapters, createApp } from '../support/adapters.js';
import { type RawRequest, rawRequest } from '../support/raw-request.js';

const PASSWORD = 'Circle of Life';
const CHALLENGE =
  /^Digest realm="Cats", qop="auth, auth-int", algorithm=SHA-256, nonce="[\w-]{51}", opaque="[\w-]{22}", charset=UTF-8, userhash=true$/;

/** Finds everybody who is not in the way of a test. */
async function findUser(username: string) {
  if (username === 'broken') throw new Error('the store is down');
  return username === 'nobody' ? null : { user: username, scopes: [], password: PASSWORD };
}

const digest = new HTTPDigest({
  schemeName: 'Digest',
  realm: 'Cats',
  qop: ['auth', 'auth-int'],
  userhash: true,
  findUser,
});

@Controller('cats')
@Security(digest)
class CatsController {
  @Get()
  find(@CurrentUser() user: string, @Query('q') q?: string) {
    return { user, q };
  }

  @Post()
  create(@CurrentUser() user: string, @Body() body: object) {
    return { user, body };
  }

  @Get('public')
  @Security(optional(digest))
  everybody(@CurrentUser() user: string | null) {
    return { user };
  }
}

describe.each(adapters)('HTTPDigest on $name', (adapter) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = AuthModule.forRoot({ schemes: [digest] });
    app = await NestFactory.create(
      { module: class TestModule {}, imports: [module], controllers: [CatsController] },
      adapter.create(),
      { rawBody: true, logger: false, abortOnError: false },
    );
    app.setGlobalPrefix('api');
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(async () => {
    vi.useRealTimers();
    await app.close();
  });

  async function challenge(): Promise<string> {
    const { status, header } = await rawRequest(url, { path: '/api/cats' });
    expect(status).toBe(401);
    expect(header('WWW-Authenticate')).toEqual([expect.stringMatching(CHALLENGE)]);
    return header('WWW-Authenticate')[0]!;
  }

  async function send(authorization: string, request: RawRequest = {}) {
    const { headers = [], ...rest } = request;
    const authorized: [string, string][] = [['Authorization', authorization], ...headers];
    const answer = await rawRequest(url, { path: '/api/cats', ...rest, headers: authorized });
    const body = JSON.parse(answer.body) as { message?: string };
    return { status: answer.status, challenges: answer.header('WWW-Authenticate'), body };
  }

  const get = async (client: DigestClient, request?: RawRequest) =>
    send(digestAnswer(await challenge(), { uri: '/api/cats', ...client }), request);

  const post = async (body: string, client: DigestClient, type = 'application/json') =>
    get(
      { method: 'POST', qop: 'auth-int', body, ...client },
      { method: 'POST', body, headers: [['Content-Type', type]] },
    );

  const refused = (message: string, challengeMatches = CHALLENGE) => ({
    status: 401,
    challenges: [expect.stringMatching(challengeMatches)],
    body: { statusCode: 401, message, error: 'Unauthorized' },
  });

  it('authenticates the answer to its challenge', async () => {
    expect(await get({})).toEqual({ status: 200, challenges: [], body: { user: 'Mufasa' } });
  });

  it('authenticates a query as it was sent', async () => {
    const uri = '/api/cats?q=a%20b,"c"'.replaceAll('"', '%22');
    expect(await get({ uri }, { path: uri })).toMatchObject({ body: { q: 'a b,"c"' } });
  });

  it.each(['Jäsøn Doe', '😀'])('authenticates the user name %s', async (username) => {
    const sent = { username: Buffer.from(username).toString('latin1') };
    expect(await get({ username, sent })).toMatchObject({ body: { user: username } });
  });

  it.each<[string, DigestClient]>([
    ['T59 149: a wrong password', { password: 'wrong' }],
    ['T59 149: an unknown user', { username: 'nobody' }],
    ['T59 149: another realm', { sent: { realm: 'Dogs' } }],
    ['T59 149: a malformed header', { sent: { response: 'xyz' } }],
    ['T59 148: a nonce that was never issued', { sent: { nonce: 'a'.repeat(51) } }],
    ['T59 17: MD5', { algorithm: 'MD5' }],
    ['T59 17: no qop', { sent: { qop: undefined } }],
  ])('refuses %s', async (_, client) => {
    expect(await get(client)).toEqual(refused('Invalid credentials'));
  });

  it('T59 17: does not take XDigest for Digest', async () => {
    const answer = digestAnswer(await challenge(), { uri: '/api/cats' });
    expect(await send(`X${answer}`)).toEqual(refused('Not authenticated'));
  });

  it('T59 152 answers 400 to another uri', async () => {
    const message = 'The uri of the Digest credentials is not the request target';
    expect(await get({ uri: '/api/dogs' })).toEqual({
      status: 400,
      challenges: [expect.stringMatching(CHALLENGE)],
      body: { statusCode: 400, message, error: 'Bad Request' },
    });
  });

  it('T59 152 answers 500 when the store fails', async () => {
    expect(await get({ username: 'broken' })).toEqual({
      status: 500,
      challenges: [],
      body: { statusCode: 500, message: 'Internal server error' },
    });
  });

  it('T59 lets one of 50 parallel requests with one nc in', async () => {
    const answer = digestAnswer(await challenge(), { uri: '/api/cats' });
    const all = await Promise.all(Array.from({ length: 50 }, () => send(answer)));
    const statuses = all.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(49).fill(401)]);
    expect(await send(answer)).toEqual(refused('Invalid credentials'));
  });

  it('T59 147 says that its own expired nonce is stale, and takes the new one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const old = await challenge();
    vi.advanceTimersByTime(300_001);
    const uri = '/api/cats';
    const wrong = await send(digestAnswer(old, { uri, password: 'wrong' }));
    expect(wrong).toEqual(refused('Invalid credentials'));
    const stale = await send(digestAnswer(old, { uri }));
    expect(stale).toEqual(refused('The nonce is stale', /^Digest realm="Cats", .*, stale=true$/));
    expect(paramsOf(stale.challenges[0]!)['nonce']).not.toBe(paramsOf(old)['nonce']);
    expect(await send(digestAnswer(stale.challenges[0]!, { uri }))).toMatchObject({ status: 200 });
    vi.useRealTimers();
  });

  it('never falls through to anonymous', async () => {
    const path = '/api/cats/public';
    expect((await rawRequest(url, { path })).body).toBe('{"user":null}');
    expect(await get({ uri: path }, { path })).toMatchObject({ body: { user: 'Mufasa' } });
    expect(await get({ uri: path, password: 'wrong' }, { path })).toMatchObject({ status: 401 });
  });

  describe('with auth-int', () => {
    it.each(['{"name":"Tom"}', '{ "name":\n"Tom" }'])('protects the body %j', async (body) => {
      expect(await post(body, {})).toEqual({
        status: 201,
        challenges: [],
        body: { user: 'Mufasa', body: { name: 'Tom' } },
      });
    });

    it('accepts a request without a body', async () => {
      expect(await get({ qop: 'auth-int' })).toMatchObject({ status: 200 });
    });

    it('T59 refuses another body, even one that means the same', async () => {
      const client = { method: 'POST', qop: 'auth-int', body: '{"name":"Tom"}' };
      const headers: [string, string][] = [['Content-Type', 'application/json']];
      for (const body of ['{"name":"Jerry"}', '{"name": "Tom"}']) {
        const answer = await get(client, { method: 'POST', body, headers });
        expect(answer).toEqual(refused('Invalid credentials'));
      }
    });

    it('protects a form, and a body in chunks', async () => {
      const form = await post('name=Tom', {}, 'application/x-www-form-urlencoded');
      expect(form).toMatchObject({ status: 201, body: { body: { name: 'Tom' } } });
      const client = { method: 'POST', qop: 'auth-int', body: '{"name":"Tom"}' };
      const headers: [string, string][] = [['Content-Type', 'application/json']];
      const body = ['{"name":', '"Tom"}'];
      expect(await get(client, { method: 'POST', body, headers })).toMatchObject({ status: 201 });
    });
  });
});

describe('credentials that are good once, outside HTTP,', () => {
  const bound = new HTTPScheme({ schemeName: 'Bound', scheme: 'DPoP', validate: () => null });
  const own = new HTTPDigest<string>({
    schemeName: 'Own',
    validate: ({ username }) => ({ user: username }),
  });

  @WebSocketGateway()
  @SendsExceptions()
  class Gateway {
    @SubscribeMessage('me') @Security(digest) me(@CurrentUser() user: string) {
      return { event: 'answer', data: user };
    }
    @SubscribeMessage('either') @Security(anyOf(own, digest)) either() {
      return { event: 'answer' };
    }
    @SubscribeMessage('bound') @Security(bound) bound() {
      return { event: 'answer' };
    }
    @SubscribeMessage('own') @Security(own) own() {
      return { event: 'answer' };
    }
  }

  @Controller()
  @Security(digest)
  class Messages {
    @MessagePattern('sum') sum() {
      return 3;
    }
    @MessagePattern('bound') @Security(bound) bound() {
      return 3;
    }
    @MessagePattern('open') @Public() open() {
      return 3;
    }
  }

  const boot = async (options: { maxAge?: number }) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const contexts = [webSockets(options), microservices()];
    const running = await createApp(
      adapters[0]!,
      {
        imports: [AuthModule.forRoot({ schemes: [digest, own, bound], contexts })],
        controllers: [Messages],
        providers: [Gateway],
      },
      (app) => app.useWebSocketAdapter(ws.adapter(app)),
    );
    const warnings = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    return { ...running, warnings: warnings.filter((text) => text.startsWith('Digest ')) };
  };

  const OF_MESSAGES =
    'Digest credentials and DPoP proofs are made for the target of an HTTP request, which messages do not have, so that these refuse them. Require another scheme: Messages.sum, Messages.bound';

  it.each([
    [
      undefined,
      [
        'Digest credentials and DPoP proofs of a handshake are good once, so that these messages are refused from the second one on. Set maxAge in webSockets(), or require them of the connection alone, by ConnectionGuard and @Public() on the messages: Gateway.me, Gateway.either, Gateway.bound',
        OF_MESSAGES,
      ],
      { event: 'exception' },
    ],
    [60, [OF_MESSAGES], { event: 'answer', data: 'Mufasa' }],
  ])(
    'are a warning where they are not good for a message: maxAge %s',
    async (maxAge, warnings, second) => {
      const { app, url, warnings: warned } = await boot(maxAge === undefined ? {} : { maxAge });
      expect(warned).toStrictEqual(warnings);
      const stranger = await ws.connect(url);
      const refused = (await stranger.ask('me')) as { data: { challenges: string[] } };
      const Authorization = digestAnswer(refused.data.challenges[0]!, { password: PASSWORD });
      const client = await ws.connect(url, { headers: { Authorization } });
      expect(await client.ask('me')).toEqual({ event: 'answer', data: 'Mufasa' });
      expect(await client.ask('me')).toMatchObject(second);
      stranger.close();
      client.close();
      await app.close();
    },
  );
});
