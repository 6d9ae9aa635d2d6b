import { Body, Controller, Get, type INestApplication, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentUser, HTTPDigest, optional, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { digestAnswer, type DigestClient, paramsOf } from '../schemes/http-digest-client.js';
import { adapters } from '../support/adapters.js';
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
