import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../sample/02-oauth2-scopes/app.module.js';
import { serveDocumentation } from '../../sample/02-oauth2-scopes/documentation.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { bearer, call, logIn, refusal, success } from './call.js';

const JOHNDOE = { username: 'johndoe', password: 'secret' };
const PROFILE = {
  username: 'johndoe',
  email: 'johndoe@example.com',
  fullName: 'John Doe',
  disabled: false,
};

describe.each(adapters)('02-oauth2-scopes on $name', (adapter) => {
  let running: RunningApp;
  let url: string;

  beforeAll(async () => {
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
  });
  afterAll(() => running.app.close());

  it.each([
    ['me items', 'me items'],
    ['items', 'items'],
    ['items me unknown', 'me items'],
  ])('grants of "%s" the scopes "%s"', async (scope, granted) => {
    expect(await call(url, '/token', { form: { ...JOHNDOE, scope } })).toEqual(
      success({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 1800,
        scope: granted,
      }),
    );
  });

  it('grants no scope where none is asked for', async () => {
    expect(await call(url, '/token', { form: JOHNDOE })).toEqual(
      success({ access_token: expect.any(String), token_type: 'bearer', expires_in: 1800 }),
    );
  });

  it('refuses scopes of which the user may have none', async () => {
    const form = { username: 'alice', password: 'secret2', scope: 'items' };
    expect(await call(url, '/token', { form })).toEqual({
      status: 400,
      challenges: [],
      body: { error: 'invalid_scope', error_description: 'None of these scopes can be granted' },
    });
  });

  it('refuses a wrong password', async () => {
    expect(await call(url, '/token', { form: { ...JOHNDOE, password: 'secret2' } })).toEqual({
      status: 400,
      challenges: [],
      body: { error: 'invalid_grant', error_description: 'Incorrect username or password' },
    });
  });

  it.each([
    ['/users/me', 'me', PROFILE],
    ['/users/me/items', 'me items', [{ item_id: 'Foo', owner: 'johndoe' }]],
    ['/status', '', { status: 'ok' }],
  ])('answers %s to a token with the scopes "%s"', async (path, scope, body) => {
    const headers = bearer(await logIn(url, { ...JOHNDOE, scope }));
    expect(await call(url, path, { headers })).toEqual(success(body));
  });

  it.each([
    ['/users/me', 'items', 'me'],
    ['/users/me', '', 'me'],
    ['/users/me/items', 'me', 'me items'],
    ['/users/me/items', 'items', 'me items'],
  ])('refuses %s to a token with the scopes "%s"', async (path, scope, required) => {
    const headers = bearer(await logIn(url, { ...JOHNDOE, scope }));
    const challenge = `Bearer error="insufficient_scope", scope="${required}"`;
    expect(await call(url, path, { headers })).toEqual(
      refusal(403, [challenge], 'Insufficient scope'),
    );
  });

  it.each([
    ['/users/me', 'Bearer scope="me"'],
    ['/users/me/items', 'Bearer scope="me items"'],
    ['/status', 'Bearer'],
  ])('challenges at %s', async (path, challenge) => {
    expect(await call(url, path)).toEqual(refusal(401, [challenge], 'Not authenticated'));
  });

  it('refuses an inactive user', async () => {
    const form = { username: 'alice', password: 'secret2', scope: 'me' };
    const headers = bearer(await logIn(url, form));
    expect(await call(url, '/users/me', { headers })).toEqual(refusal(400, [], 'Inactive user'));
  });

  it('refuses what is not one of its tokens', async () => {
    expect(await call(url, '/status', { headers: bearer('johndoe') })).toEqual(
      refusal(401, ['Bearer error="invalid_token"'], 'Invalid credentials'),
    );
  });

  it('documents what it enforces', async () => {
    const { body } = await call(url, '/docs-json');
    expect(body).toMatchObject({
      paths: {
        '/token': { post: { security: [] } },
        '/users/me': { get: { security: [{ UserToken: ['me'] }] } },
        '/users/me/items': { get: { security: [{ UserToken: ['me', 'items'] }] } },
        '/status': { get: { security: [{ UserToken: [] }] } },
      },
    });
    expect(
      (body as { components: { securitySchemes: object } }).components.securitySchemes,
    ).toEqual({
      UserToken: {
        type: 'oauth2',
        description: 'Tick scopes, and type `johndoe` and `secret`.',
        flows: {
          password: {
            tokenUrl: '/token',
            scopes: { me: 'Read information about the current user.', items: 'Read items.' },
          },
        },
      },
    });
  });
});
