import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/03-every-scheme/app.module.js';
import { serveDocumentation } from '../../sample/03-every-scheme/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { call, success } from './call.js';

type Form = Record<string, string>;

const DEMO = { username: 'demo', password: 'demo-secret' };
const TOKEN = { access_token: 'demo-secret', token_type: 'bearer' };
const CLIENT = { client_id: 'demo' };
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; // RFC 7636, appendix B
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

function refused(error: string, description?: string, status = 400) {
  return {
    status,
    challenges: expect.any(Array),
    body: { error, ...(description !== undefined && { error_description: description }) },
  };
}

describe.each(adapters)('the provider of 03-every-scheme on $name', (adapter) => {
  let running: RunningApp;
  let url: string;
  let redirectUri: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
    redirectUri = `${url}/docs/oauth2-redirect.html`;
  });
  afterAll(() => running.app.close());

  const token = (form: Form) => call(url, '/token', { form });

  /** Where the login form leads. */
  async function authorize(query: Form = {}, person: Form = DEMO): Promise<Response> {
    const parameters = {
      response_type: 'code',
      client_id: 'demo',
      redirect_uri: redirectUri,
      state: 'of the page',
      code_challenge: CHALLENGE,
      ...query,
    };
    // An empty parameter is left out.
    const request = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
    return fetch(`${url}/authorize?${request}`, {
      method: 'POST',
      body: new URLSearchParams(person),
      redirect: 'manual',
    });
  }

  async function code(query?: Form): Promise<string> {
    const answer = new URL((await authorize(query)).headers.get('Location')!);
    expect(answer.searchParams.get('state')).toBe('of the page');
    return answer.searchParams.get('code')!;
  }

  const redeem = (form: Form) =>
    token({
      grant_type: 'authorization_code',
      redirect_uri: redirectUri,
      code_verifier: VERIFIER,
      ...CLIENT,
      ...form,
    });

  it('issues a token for a password, and for the secret of a client', async () => {
    expect(await token({ grant_type: 'password', ...DEMO })).toEqual(success(TOKEN));
    const client = { client_id: 'demo', client_secret: 'demo-secret' };
    expect(await token({ grant_type: 'client_credentials', ...client })).toEqual(success(TOKEN));
  });

  it.each([
    { username: 'demo', password: 'wrong' },
    { username: 'wrong', password: 'demo-secret' },
  ])('refuses $username with $password', async (form) => {
    expect(await token({ grant_type: 'password', ...form })).toEqual(
      refused('invalid_grant', 'Incorrect username or password'),
    );
    const client = { client_id: form.username, client_secret: form.password };
    expect(await token({ grant_type: 'client_credentials', ...client })).toEqual(
      refused('invalid_client', 'Incorrect client or secret', 401),
    );
  });

  it('asks who it is, and asks again where that is wrong', async () => {
    const page = await (await fetch(`${url}/authorize`)).text();
    expect(page).toContain('<code>demo-secret</code>');
    const answer = await authorize({}, { ...DEMO, password: 'wrong' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toMatch(/^\/authorize\?response_type=code&/);
  });

  it('exchanges a code once, for a token and for who logged in', async () => {
    const form = { code: await code({ nonce: 'once' }) };
    const { status, body } = await redeem(form);
    expect([status, body]).toEqual([200, { ...TOKEN, id_token: expect.any(String) }]);
    const keys = createRemoteJWKSet(new URL('/keys', url));
    const idToken = (body as { id_token: string }).id_token;
    const { payload } = await jwtVerify(idToken, keys, { issuer: url, audience: 'demo' });
    expect(payload).toMatchObject({ sub: 'demo', nonce: 'once' });
    expect(await redeem(form)).toEqual(refused('invalid_grant', 'Unknown or used code'));
  });

  it.each<[string, Form]>([
    ['another verifier', { code_verifier: 'a'.repeat(43) }],
    ['another client', { client_id: 'other' }],
    ['another address', { redirect_uri: 'http://127.0.0.1/' }],
    ['a code that was never issued', { code: 'guess' }],
  ])('exchanges no code for %s', async (_what, form) => {
    expect((await redeem({ code: await code(), ...form })).body).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('sends the implicit flow a token in the fragment', async () => {
    const location = (await authorize({ response_type: 'token' })).headers.get('Location')!;
    const [address, fragment] = location.split('#');
    expect(address).toBe(redirectUri);
    expect(Object.fromEntries(new URLSearchParams(fragment))).toEqual({
      ...TOKEN,
      state: 'of the page',
    });
  });

  it.each<[string, Form]>([
    ['to another address', { redirect_uri: 'https://mallory.example/' }],
    ['without PKCE', { response_type: 'code', code_challenge: '' }],
    ['for another answer', { response_type: 'id_token' }],
  ])('sends nobody %s', async (_what, query) => {
    expect((await authorize(query)).status).toBe(400);
  });

  it('lets a device in once its user has typed the code', async () => {
    const { body } = await call(url, '/device_authorization', { form: CLIENT });
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-Z]{8}$/),
      verification_uri: `${url}/device`,
      expires_in: 600,
      interval: 5,
    });
    const { device_code, user_code } = body as { device_code: string; user_code: string };
    const poll = () => token({ grant_type: DEVICE_CODE, device_code, ...CLIENT });
    const type = async (form: Form) =>
      (await fetch(`${url}/device`, { method: 'POST', body: new URLSearchParams(form) })).status;

    expect(await poll()).toEqual(refused('authorization_pending'));
    expect(await type({ ...DEMO, user_code: 'BBBBBBBB' })).toBe(400);
    expect(await type({ ...DEMO, password: 'wrong', user_code })).toBe(400);
    expect(await poll()).toEqual(refused('authorization_pending'));
    expect(await type({ ...DEMO, user_code })).toBe(200);
    expect(await poll()).toEqual(success(TOKEN));
    const unknown = { grant_type: DEVICE_CODE, device_code: 'guess', ...CLIENT };
    expect(await token(unknown)).toEqual(refused('expired_token'));
  });

  it('answers a form without fields', async () => {
    const posted = await Promise.all(
      ['/authorize', '/device', '/token'].map((path) => fetch(url + path, { method: 'POST' })),
    );
    expect(posted.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  it('sets the cookie for who has the key', async () => {
    const key = { 'X-API-Key': 'demo-secret' };
    const set = await fetch(`${url}/api-key/cookie`, { method: 'POST', headers: key });
    const [cookie] = set.headers.getSetCookie();
    expect(cookie).toBe('session=demo-secret; Path=/; HttpOnly; SameSite=Strict');
    const refusal = await fetch(`${url}/api-key/cookie`, { method: 'POST' });
    expect([refusal.status, refusal.headers.getSetCookie()]).toEqual([401, []]);
  });
});
