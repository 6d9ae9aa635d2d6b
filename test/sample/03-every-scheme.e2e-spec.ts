import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { bearer, call, type Header, refusal, success } from './call.js';
import { type DigestAnswer, digestAnswer } from './digest-answer.js';

const SECRET = 'demo-secret';
const KEY: Header = ['X-API-Key', SECRET];
const WRONG_KEY: Header = ['X-API-Key', 'wrong'];
const [TOKEN] = bearer(SECRET) as [Header];
const [WRONG_TOKEN] = bearer('wrong') as [Header];
const BASIC = basic('demo', SECRET);
const BASIC_CHALLENGE = 'Basic realm="Every scheme", charset="UTF-8"';

function basic(username: string, password: string): Header {
  const userPass = Buffer.from(`${username}:${password}`).toString('base64');
  return ['Authorization', `Basic ${userPass}`];
}

const BEARER_ROUTES = [
  '/http/bearer',
  '/oauth2/implicit',
  '/oauth2/device',
  '/oauth2/password',
  '/oauth2/authorization-code',
  '/oauth2/client-credentials',
  '/open-id-connect',
];

describe.each(adapters)('03-every-scheme on $name', (adapter) => {
  let running: RunningApp;
  let url: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
  });
  afterAll(() => running.app.close());

  it.each<[string, Header[]]>([
    ['/api-key/header', [KEY]],
    [`/api-key/query?api_key=${SECRET}`, []],
    ['/api-key/cookie', [['Cookie', `session=${SECRET}`]]],
    ['/http/basic', [BASIC]],
    ['/http/gnap', [['Authorization', `GNAP ${SECRET}`]]],
    ['/passport', [TOKEN]],
    ...BEARER_ROUTES.map((path): [string, Header[]] => [path, [TOKEN]]),
  ])('authenticates at %s', async (path, headers) => {
    expect(await call(url, path, { headers })).toEqual(success({ name: 'demo' }));
  });

  it.each<[string, string, Header[], string]>([
    ['/api-key/header', 'APIKey', [WRONG_KEY], 'APIKey'],
    ['/api-key/cookie', 'APIKey', [['Cookie', 'session=wrong']], 'APIKey'],
    ['/http/basic', BASIC_CHALLENGE, [basic('demo', 'wrong')], BASIC_CHALLENGE],
    ['/http/basic', BASIC_CHALLENGE, [basic('wrong', SECRET)], BASIC_CHALLENGE],
    ['/http/gnap', 'GNAP', [['Authorization', 'GNAP wrong']], 'GNAP'],
    [
      '/passport',
      'Bearer realm="Users"',
      [WRONG_TOKEN],
      'Bearer realm="Users", error="invalid_token"',
    ],
    ...BEARER_ROUTES.map((path): [string, string, Header[], string] => [
      path,
      'Bearer',
      [WRONG_TOKEN],
      'Bearer error="invalid_token"',
    ]),
  ])('challenges at %s with %s', async (path, challenge, wrong, challengeOfWrong) => {
    expect(await call(url, path)).toEqual(refusal(401, [challenge], 'Not authenticated'));
    expect(await call(url, path, { headers: wrong })).toEqual(
      refusal(401, [challengeOfWrong], 'Invalid credentials'),
    );
  });

  it('refuses a wrong key in the query', async () => {
    expect(await call(url, '/api-key/query?api_key=wrong')).toEqual(
      refusal(401, ['APIKey'], 'Invalid credentials'),
    );
  });

  describe('/http/digest', () => {
    const uri = '/http/digest';
    const CHALLENGE =
      /^Digest realm="Every scheme", qop="auth", algorithm=SHA-256, nonce="([\w-]+)", opaque="([\w-]+)", charset=UTF-8$/;

    async function answer(change: Partial<DigestAnswer> = {}): Promise<Header[]> {
      const { challenges } = await call(url, uri);
      const [, nonce, opaque] = CHALLENGE.exec(challenges[0]!)!;
      const right = { username: 'demo', password: SECRET, nonce: nonce!, opaque: opaque!, uri };
      return digestAnswer({ ...right, ...change });
    }

    it('challenges, and authenticates the answer once', async () => {
      const headers = await answer();
      expect(await call(url, uri, { headers })).toEqual(success({ name: 'demo' }));
      expect(await call(url, uri, { headers })).toEqual(
        refusal(401, [expect.stringMatching(CHALLENGE)], 'Invalid credentials'),
      );
    });

    it.each([
      ['a wrong password', { password: 'wrong' }, 401],
      ['an unknown user', { username: 'wrong' }, 401],
      ['a nonce that was never issued', { nonce: 'a'.repeat(22) }, 401],
      ['another address', { uri: '/http/basic' }, 400],
    ])('refuses an answer with %s', async (_, change, status) => {
      const headers = await answer(change);
      expect((await call(url, uri, { headers })).status).toBe(status);
    });
  });

  it.each<[string, Header[], object]>([
    ['/any-of', [KEY], { hello: 'demo' }],
    ['/any-of', [BASIC], { hello: 'demo' }],
    ['/any-of', [WRONG_KEY, BASIC], { hello: 'demo' }],
    ['/all-of', [KEY, TOKEN], { service: 'demo', hello: 'demo' }],
    ['/optional', [TOKEN], { hello: 'demo' }],
    ['/optional', [], { hello: 'stranger' }],
    ['/public', [WRONG_TOKEN], { hello: 'world' }],
  ])('answers %s to %j', async (path, headers, body) => {
    expect(await call(url, path, { headers })).toEqual(success(body));
  });

  it.each<[string, Header[], string[], string]>([
    ['/any-of', [], ['APIKey', BASIC_CHALLENGE], 'Not authenticated'],
    ['/any-of', [WRONG_KEY], ['APIKey', BASIC_CHALLENGE], 'Invalid credentials'],
    ['/all-of', [], ['APIKey', 'Bearer'], 'Not authenticated'],
    ['/optional', [WRONG_TOKEN], ['Bearer error="invalid_token"'], 'Invalid credentials'],
  ])('refuses %s to %j', async (path, headers, challenges, message) => {
    expect(await call(url, path, { headers })).toEqual(refusal(401, challenges, message));
  });
});
