import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../sample/01-simple-oauth2/app.module.js';
import { serveDocumentation } from '../../sample/01-simple-oauth2/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { bearer, call, logIn, refusal, success } from './call.js';

const JOHNDOE = { username: 'johndoe', password: 'secret' };

describe.each(adapters)('01-simple-oauth2 on $name', (adapter) => {
  let running: RunningApp;
  let url: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
  });
  afterAll(() => running.app.close());
  afterEach(() => {
    vi.useRealTimers();
  });

  it('issues a token for a name and a password', async () => {
    expect(await call(url, '/token', { form: JOHNDOE })).toEqual(
      success({
        access_token: expect.stringMatching(/^[\w-]{43}$/),
        token_type: 'bearer',
        expires_in: 1800,
      }),
    );
  });

  it('issues another token at every login', async () => {
    expect(await logIn(url, JOHNDOE)).not.toBe(await logIn(url, JOHNDOE));
  });

  it.each([
    ['a wrong password', { username: 'johndoe', password: 'secret2' }],
    ['an unknown user', { username: 'bob', password: 'secret' }],
    ['a name of Object.prototype', { username: 'constructor', password: 'secret' }],
    ['a name in another case', { username: 'JohnDoe', password: 'secret' }],
  ])('refuses %s', async (_, form) => {
    expect(await call(url, '/token', { form })).toEqual({
      status: 400,
      challenges: [],
      body: { error: 'invalid_grant', error_description: 'Incorrect username or password' },
    });
  });

  it('lets no one store a token', async () => {
    const response = await rawRequest(url, {
      method: 'POST',
      path: '/token',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'grant_type=password&username=johndoe&password=secret',
    });
    expect(response.header('Cache-Control')).toEqual(['no-store']);
    expect(response.header('Pragma')).toEqual(['no-cache']);
  });

  it('shows users themselves, and no password', async () => {
    const headers = bearer(await logIn(url, JOHNDOE));
    expect(await call(url, '/users/me', { headers })).toEqual(
      success({
        username: 'johndoe',
        email: 'johndoe@example.com',
        fullName: 'John Doe',
        disabled: false,
      }),
    );
  });

  it('refuses an inactive user', async () => {
    const headers = bearer(await logIn(url, { username: 'alice', password: 'secret2' }));
    expect(await call(url, '/users/me', { headers })).toEqual(refusal(400, [], 'Inactive user'));
  });

  it('challenges a request without a token', async () => {
    expect(await call(url, '/users/me')).toEqual(refusal(401, ['Bearer'], 'Not authenticated'));
  });

  it('refuses an unknown token', async () => {
    expect(await call(url, '/users/me', { headers: bearer('johndoe') })).toEqual(
      refusal(401, ['Bearer error="invalid_token"'], 'Invalid credentials'),
    );
  });

  it('refuses a token after half an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const headers = bearer(await logIn(url, JOHNDOE));
    vi.setSystemTime(Date.now() + 30 * 60 * 1000 - 1);
    expect((await call(url, '/users/me', { headers })).status).toBe(200);
    vi.setSystemTime(Date.now() + 1);
    expect((await call(url, '/users/me', { headers })).status).toBe(401);
  });

  it('documents what it enforces', async () => {
    const { body } = await call(url, '/docs-json');
    expect(body).toMatchObject({
      paths: {
        '/token': { post: { security: [] } },
        '/users/me': { get: { security: [{ UserToken: [] }] } },
      },
    });
    expect(
      (body as { components: { securitySchemes: object } }).components.securitySchemes,
    ).toEqual({
      UserToken: {
        type: 'oauth2',
        description: 'Type `johndoe` and `secret`.',
        flows: { password: { tokenUrl: '/token', scopes: {} } },
      },
    });
  });

  it('serves Swagger UI', async () => {
    const { status, body } = await rawRequest(url, { path: '/docs' });
    expect(status).toBe(200);
    expect(body).toContain('<div id="swagger-ui">');
  });
});
