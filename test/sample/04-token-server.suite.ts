import { DocumentBuilder } from '@nestjs/swagger';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import { APIKeys } from 'nestjs-security/api-keys';
import { createDocument } from 'nestjs-security/openapi';
import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredKey } from '../../sample/04-token-server/api-keys/api-key.entity.js';
import { Pruning } from '../../sample/04-token-server/database/pruning.js';
import { AuthorizationCode } from '../../sample/04-token-server/grants/authorization-code.entity.js';
import { Grant } from '../../sample/04-token-server/grants/grant.entity.js';
import { RefreshToken } from '../../sample/04-token-server/grants/refresh-token.entity.js';
import { SigningKey } from '../../sample/04-token-server/keys/signing-key.entity.js';
import { LoginAttempts } from '../../sample/04-token-server/throttling/login-attempts.entity.js';
import { Account } from '../../sample/04-token-server/users/account.entity.js';
import { accepted, insufficientScope, invalidToken, notAuthenticated } from '../support/answer.js';
import { rawRequest } from '../support/raw-request.js';
import type { Header } from './call.js';
import {
  AUTHORIZATION,
  BACKEND,
  CALLBACK,
  codeForm,
  INVALID_GRANT,
  ISSUER,
  issued,
  JOHNDOE,
  oauthError,
  PROFILE,
  type TokenServer,
  VERIFIER,
} from './04-token-server.support.js';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const INVALID = 'Bearer error="invalid_token"';
const REVOKED = invalidToken(
  'The token was revoked',
  `${INVALID}, error_description="The token was revoked"`,
);
const FORGED = invalidToken(
  'The signature is wrong',
  `${INVALID}, error_description="The signature is wrong"`,
);
const INVALID_CLIENT = oauthError('invalid_client', 'Unknown client or wrong secret', 401);
const WRONG_PASSWORD = oauthError('invalid_grant', 'Incorrect username or password');
const TOO_MANY = oauthError('temporarily_unavailable', 'Too many attempts: try again later', 429);

/** What holds on every adapter and every database. */
export function tokenServerTests(start: () => Promise<TokenServer>): void {
  let server: TokenServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await server.database.getRepository(LoginAttempts).clear();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const later = (milliseconds: number) => {
    if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + milliseconds);
  };

  it('has the tables that its entities describe', async () => {
    const { upQueries } = await server.database.driver.createSchemaBuilder().log();
    expect(upQueries).toEqual([]);
  });

  it('documents what it enforces', async () => {
    const { app } = server.running;
    const document = createDocument(app, new DocumentBuilder().build());
    expect(await expectDocumentMatchesEnforcement(app, document)).toBeGreaterThan(10);
    const { body } = await server.get('/docs-json');
    expect(body).toMatchObject({
      paths: {
        '/token': { post: { security: [] } },
        '/revoke': { post: { security: [{ ClientSecret: [] }, {}] } },
        '/users/me': { get: { security: [{ UserToken: ['me'] }] } },
        '/users': { get: { security: [{ ServiceToken: ['users'] }] } },
        '/api-keys': { get: { security: [{ ServiceToken: [] }] } },
        '/.well-known/jwks.json': { get: { security: [] } },
        '/.well-known/oauth-authorization-server': { get: { security: [] } },
      },
    });
    expect(Object.keys((body as { paths: object }).paths)).toHaveLength(10);
  });

  it('serves Swagger UI, and the page that its logins return to', async () => {
    expect((await server.get('/docs')).body).toContain('<div id="swagger-ui">');
    expect((await server.get('/docs/oauth2-redirect.html')).status).toBe(200);
  });

  it('publishes its metadata', async () => {
    expect(await server.get('/.well-known/oauth-authorization-server')).toEqual(
      accepted({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        revocation_endpoint: `${ISSUER}/revoke`,
        jwks_uri: `${ISSUER}/.well-known/jwks.json`,
        scopes_supported: ['me', 'users'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: [
          'authorization_code',
          'refresh_token',
          'client_credentials',
          'password',
        ],
        token_endpoint_auth_methods_supported: [
          'client_secret_basic',
          'client_secret_post',
          'none',
        ],
        revocation_endpoint_auth_methods_supported: [
          'client_secret_basic',
          'client_secret_post',
          'none',
        ],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      }),
    );
  });

  describe('the password grant', () => {
    const FORM = { grant_type: 'password', client_id: 'cli', ...JOHNDOE };

    it('logs in', async () => {
      expect(await server.token(FORM)).toEqual(issued('me'));
      expect(await server.me((await server.logIn()).access_token)).toEqual(accepted(PROFILE));
    });

    it.each([
      ['a wrong password', { password: 'secret2' }],
      ['a password with a space', { password: 'secret ' }],
      ['an unknown user', { username: 'bob' }],
      ['a disabled user', { username: 'alice', password: 'secret2' }],
      ['a name in another case', { username: 'JohnDoe' }],
      ['a name with a NUL', { username: 'johndoe\0' }],
      ['a password with a NUL', { password: 'secret\0' }],
      ['a very long password', { password: 'secret'.repeat(10_000) }],
    ])('refuses %s', async (_, form) => {
      expect(await server.token({ ...FORM, ...form })).toEqual(WRONG_PASSWORD);
    });

    it('refuses scopes that the client may not have', async () => {
      expect(await server.token({ ...FORM, scope: 'me users' })).toEqual(
        oauthError('invalid_scope', 'More than this client may have'),
      );
    });

    it('lets no one store a token', async () => {
      const response = await server.postRaw('/token', FORM);
      expect(response.header('Cache-Control')).toEqual(['no-store']);
    });
  });

  describe('API keys', () => {
    interface Issued {
      id: string;
      key: string;
      expiresAt: number;
    }
    let token: Header;
    const send = async (method: string, path: string, headers: Header[]) => {
      const { status, body, header } = await rawRequest(server.url, { method, path, headers });
      const isJson = header('content-type')[0]?.startsWith('application/json') === true;
      return { status, body: (isJson ? JSON.parse(body) : body) as unknown };
    };
    const issue = async () => (await send('POST', '/api-keys', [token])).body as Issued;
    const count = async (key: string) =>
      (await server.get('/users/count', [['X-API-Key', key]])).status;

    beforeAll(async () => {
      const { access_token } = await server.tokens({ grant_type: 'client_credentials' }, BACKEND);
      token = ['Authorization', `Bearer ${access_token}`];
    });

    it('are issued to services, and good for what their tokens are', async () => {
      const { key, id, expiresAt } = await issue();
      expect(key).toMatch(/^sample04_[0-9A-Za-z]{20}_[0-9A-Za-z]{49}$/);
      expect(expiresAt).toBeGreaterThan(Date.now() / 1000);
      expect(await server.get('/users/count', [['X-API-Key', key]])).toMatchObject({ status: 200 });
      expect(await send('GET', '/api-keys', [token])).toMatchObject({
        status: 200,
        body: expect.arrayContaining([expect.objectContaining({ id, scopes: ['me', 'users'] })]),
      });
    });

    it('are stored so that they are of no use to who reads the table', async () => {
      const { key } = await issue();
      const stored = await server.database.getRepository(StoredKey).find();
      expect(JSON.stringify(stored)).not.toContain(key.split('_')[2]);
    });

    it('are not issued to users, nor to who has a key', async () => {
      const { key } = await issue();
      const { access_token } = await server.logIn();
      for (const header of [
        ['Authorization', `Bearer ${access_token}`],
        ['X-API-Key', key],
      ]) {
        expect(await send('POST', '/api-keys', [header as Header])).toMatchObject({ status: 401 });
      }
    });

    it('remember when they were used last', async () => {
      const { key, id } = await issue();
      await count(key);
      await vi.waitFor(async () => {
        const stored = await server.database.getRepository(StoredKey).findOneByOrFail({ id });
        expect(stored.lastUsedAt).toBeGreaterThanOrEqual(stored.createdAt);
      });
    });

    it('are refused when they are revoked, expired or made up', async () => {
      const [revoked, expired] = [await issue(), await issue()];
      expect(await send('DELETE', `/api-keys/${revoked.id}`, [token])).toEqual({
        status: 204,
        body: '',
      });
      expect(await count(revoked.key)).toBe(401);
      expect(await count(`${expired.key}0`)).toBe(401);
      expect(await count(expired.key)).toBe(200);
      later(90 * DAY);
      expect(await count(expired.key)).toBe(401);
    });

    it('are good for a day beside the one that replaces them', async () => {
      const { key, id } = await issue();
      const { body } = await send('POST', `/api-keys/${id}/rotation`, [token]);
      expect(await count(key)).toBe(200);
      later(DAY);
      expect(await count(key)).toBe(401);
      expect(await count((body as Issued).key)).toBe(200);
    });

    it.each([
      ['DELETE', ''],
      ['POST', '/rotation'],
    ])('are nobody else’s: %s', async (method, path) => {
      const { key, info } = await server.running.app
        .get(APIKeys)
        .issue({ owner: 'cli', scopes: ['users'] });
      for (const id of [info.id, 'unknown', '%00']) {
        expect(await send(method, `/api-keys/${id}${path}`, [token])).toMatchObject({
          status: 404,
        });
      }
      expect(await count(key)).toBe(200);
    });
  });

  describe('the client credentials grant', () => {
    const FORM = { grant_type: 'client_credentials' };

    it('issues a token for services, which is none for users', async () => {
      expect(await server.token(FORM, BACKEND)).toEqual(issued('me users', false));
      const { access_token } = await server.tokens(FORM, BACKEND);
      expect(decodeJwt(access_token)).toMatchObject({ sub: 'backend', client_id: 'backend' });
      const users = await server.get('/users', [['Authorization', `Bearer ${access_token}`]]);
      expect(users).toEqual(
        accepted([
          { username: 'alice', email: 'alice@example.com', fullName: 'Alice Wonderson' },
          PROFILE,
        ]),
      );
      expect(await server.me(access_token)).toEqual(invalidToken('Invalid credentials', INVALID));
    });

    it('lets in no user, whatever they granted', async () => {
      const code = await server.code({ scope: 'me users' });
      const { access_token } = await server.tokens(codeForm(code), BACKEND);
      const users = await server.get('/users', [['Authorization', `Bearer ${access_token}`]]);
      expect(users).toEqual(invalidToken('Invalid credentials', INVALID));
    });

    it('takes the secret in the form too', async () => {
      const client = { client_id: 'backend', client_secret: 'backend-secret' };
      expect(await server.token({ ...FORM, ...client, scope: 'users' })).toEqual(
        issued('users', false),
      );
    });

    it('grants what was asked for', async () => {
      const { access_token } = await server.tokens({ ...FORM, scope: 'me' }, BACKEND);
      expect(await server.get('/users', [['Authorization', `Bearer ${access_token}`]])).toEqual(
        insufficientScope('Bearer error="insufficient_scope", scope="users"'),
      );
    });
  });

  describe('clients', () => {
    const refused = (form: Record<string, string>) => server.token({ ...JOHNDOE, ...form });

    it.each([
      ['an unknown one', { client_id: 'nobody' }],
      ['one with a NUL', { client_id: 'cli\0' }],
      ['none', {}],
      ['a public one with a secret', { client_id: 'cli', client_secret: 'secret' }],
      ['one without its secret', { client_id: 'backend' }],
      ['one with a wrong secret', { client_id: 'backend', client_secret: 'secret' }],
    ])('refuses %s', async (_, form) => {
      expect(await refused({ grant_type: 'password', ...form })).toEqual(INVALID_CLIENT);
    });

    it('refuses a grant that the client may not use', async () => {
      expect(await refused({ grant_type: 'password', client_id: 'docs' })).toEqual(
        oauthError('unauthorized_client', 'The client may not use this grant'),
      );
    });

    it('refuses what is no form of a grant', async () => {
      expect(await server.token({ grant_type: 'implicit', client_id: 'cli' })).toEqual({
        status: 400,
        challenges: [],
        body: { error: 'unsupported_grant_type', error_description: expect.any(String) },
      });
    });
  });

  describe('the authorization code grant', () => {
    it('shows a login form that no other page may show, and that reflects nothing as HTML', async () => {
      const state = '"><script>alert(1)</script>\'&';
      const query = new URLSearchParams({ ...AUTHORIZATION, state }).toString();
      const { status, header, body } = await rawRequest(server.url, {
        path: `/authorize?${query}`,
      });
      expect(status).toBe(200);
      expect(header('Content-Type')).toEqual(['text/html; charset=utf-8']);
      expect(header('X-Frame-Options')).toEqual(['DENY']);
      expect(header('Cache-Control')).toEqual(['no-store']);
      expect(header('Content-Security-Policy')).toEqual([
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      ]);
      expect(body).toContain('<h1>Log in to the backend</h1>');
      expect(body).toContain(
        'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;" />',
      );
      expect(body).not.toContain('<script>');
    });

    it('redirects with a code, the state and the issuer', async () => {
      const location = await server.authorize();
      expect(location.origin + location.pathname).toBe(CALLBACK);
      expect(Object.fromEntries(location.searchParams)).toEqual({
        code: expect.stringMatching(/^[\w-]{43}$/),
        state: AUTHORIZATION.state,
        iss: ISSUER,
      });
    });

    it('exchanges the code', async () => {
      expect(await server.redeem(await server.code())).toEqual(issued('me'));
      const { access_token } = await server.tokens(codeForm(await server.code()), BACKEND);
      expect(await server.me(access_token)).toEqual(accepted(PROFILE));
    });

    it('keeps a wrong password on the form', async () => {
      const form = { ...AUTHORIZATION, ...JOHNDOE, password: '<wrong>' };
      const { status, body } = await server.postRaw('/authorize', form);
      expect(status).toBe(400);
      expect(body).toContain('<p role="alert">Incorrect username or password</p>');
      expect(body).toContain('name="password" type="password"');
      expect(body).not.toContain('wrong');
    });

    it.each([
      ['an unknown client', { client_id: 'nobody' }],
      ['another redirect URI', { redirect_uri: 'https://evil.example/' }],
      ['a longer redirect URI', { redirect_uri: `${CALLBACK}/` }],
      ['a redirect URI with a query', { redirect_uri: `${CALLBACK}?a` }],
      ['a redirect URI of another client', { client_id: 'docs' }],
      ['no redirect URI', { redirect_uri: '' }],
    ])('shows an error and does not redirect for %s', async (_, form) => {
      for (const answer of [
        await rawRequest(server.url, {
          path: `/authorize?${new URLSearchParams({ ...AUTHORIZATION, ...form }).toString()}`,
        }),
        await server.postRaw('/authorize', { ...AUTHORIZATION, ...JOHNDOE, ...form }),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.header('Location')).toEqual([]);
        expect(answer.body).toContain('<p role="alert">Unknown client_id or redirect_uri</p>');
      }
    });

    it('shows an error for a parameter that is sent twice', async () => {
      const query = new URLSearchParams(AUTHORIZATION).toString();
      const path = `/authorize?${query}&redirect_uri=https://evil.example/`;
      const { status, body } = await server.get(path);
      expect(status).toBe(400);
      expect(body).toContain('<p role="alert">More than one redirect_uri</p>');
    });

    it.each([
      ['response_type', 'token', 'unsupported_response_type', 'The response_type must be code'],
      ['scope', 'me root', 'invalid_scope', 'More than this client may have'],
      ['code_challenge', '', 'invalid_request', 'A code_challenge by S256 is required'],
      [
        'code_challenge',
        VERIFIER.slice(1),
        'invalid_request',
        'A code_challenge by S256 is required',
      ],
      ['code_challenge_method', 'plain', 'invalid_request', 'A code_challenge by S256 is required'],
      ['code_challenge_method', '', 'invalid_request', 'A code_challenge by S256 is required'],
    ])('tells the client that %s=%s is wrong', async (name, value, error, description) => {
      const location = await server.authorize({ [name]: value });
      expect(location.origin + location.pathname).toBe(CALLBACK);
      expect(Object.fromEntries(location.searchParams)).toEqual({
        error,
        error_description: description,
        state: AUTHORIZATION.state,
        iss: ISSUER,
      });
    });

    it.each([
      ['a wrong verifier', { code_verifier: 'a'.repeat(43) }],
      ['no verifier', { code_verifier: '' }],
      ['another redirect URI', { redirect_uri: `${CALLBACK}/` }],
      ['no redirect URI', { redirect_uri: '' }],
    ])('refuses %s, and the code from then on', async (_, form) => {
      const code = await server.code();
      expect(await server.redeem(code, form)).toEqual(INVALID_GRANT);
      expect(await server.redeem(code)).toEqual(INVALID_GRANT);
    });

    it('refuses the code of another client, which can still use it', async () => {
      const code = await server.code();
      expect(await server.token(codeForm(code, { client_id: 'docs' }))).toEqual(INVALID_GRANT);
      expect(await server.redeem(code)).toEqual(issued('me'));
    });

    it('refuses a code after a minute', async () => {
      const [last, late] = [await server.code(), await server.code()];
      later(MINUTE - 1000);
      expect(await server.redeem(last)).toEqual(issued('me'));
      later(1000);
      expect(await server.redeem(late)).toEqual(INVALID_GRANT);
    });

    it('ends what a code bought when it is used again', async () => {
      const code = await server.code();
      const tokens = await server.tokens(codeForm(code), BACKEND);
      expect(await server.redeem(code)).toEqual(INVALID_GRANT);
      expect(await server.me(tokens.access_token)).toEqual(REVOKED);
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      expect(await server.token(form, BACKEND)).toEqual(INVALID_GRANT);
    });

    it('redeems a code once of many parallel times', async () => {
      const code = await server.code();
      const answers = await Promise.all(Array.from({ length: 10 }, () => server.redeem(code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status !== 200)).toEqual(Array(9).fill(INVALID_GRANT));
    });
  });

  describe('refresh tokens', () => {
    it('rotate', async () => {
      const first = await server.logIn();
      const answer = await server.refresh(first.refresh_token);
      expect(answer).toEqual(issued('me'));
      const second = (answer.body as typeof first).refresh_token;
      expect(second).not.toBe(first.refresh_token);
      expect(await server.refresh(second)).toEqual(issued('me'));
    });

    it('end with everything they bought when one is used again', async () => {
      const first = await server.logIn();
      const other = await server.logIn();
      const second = (await server.refresh(first.refresh_token)).body as typeof first;
      expect(await server.refresh(first.refresh_token)).toEqual(INVALID_GRANT);
      expect(await server.refresh(second.refresh_token)).toEqual(INVALID_GRANT);
      expect(await server.me(second.access_token)).toEqual(REVOKED);
      expect(await server.me(first.access_token)).toEqual(REVOKED);
      expect(await server.refresh(other.refresh_token)).toEqual(issued('me'));
    });

    it('buy once of many parallel times', async () => {
      const { refresh_token } = await server.logIn();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.refresh(refresh_token)),
      );
      const bought = answers.filter(({ status }) => status === 200);
      expect(bought).toEqual([issued('me')]);
      expect(answers.filter(({ status }) => status !== 200)).toEqual(Array(19).fill(INVALID_GRANT));
      const { refresh_token: next } = bought[0]!.body as { refresh_token: string };
      expect(await server.refresh(next)).toEqual(INVALID_GRANT);
    });

    it('are of no use to another client, and stay good', async () => {
      const { refresh_token } = await server.logIn();
      expect(await server.refresh(refresh_token, { client_id: 'docs' })).toEqual(INVALID_GRANT);
      expect(await server.refresh(refresh_token)).toEqual(issued('me'));
    });

    it('may buy less, and never more', async () => {
      const code = await server.code({ scope: 'me users' });
      const { refresh_token } = await server.tokens(codeForm(code), BACKEND);
      const form = { grant_type: 'refresh_token', refresh_token };
      expect(await server.token({ ...form, scope: 'root' }, BACKEND)).toEqual(
        oauthError('invalid_scope', 'More than this client may have'),
      );
      expect(await server.token({ ...form, scope: 'me' }, BACKEND)).toEqual(issued('me'));
    });

    it('last for thirty days after the login', async () => {
      later(0);
      const { refresh_token } = await server.logIn();
      later(30 * DAY - 1000);
      const answer = await server.refresh(refresh_token);
      expect(answer).toEqual(issued('me'));
      later(1000);
      const next = (answer.body as { refresh_token: string }).refresh_token;
      expect(await server.refresh(next)).toEqual(INVALID_GRANT);
    });

    it('are of no use to a user who was disabled', async () => {
      const { refresh_token, access_token } = await server.logIn();
      const accounts = server.database.getRepository(Account);
      await accounts.update({ username: 'johndoe' }, { disabled: true });
      try {
        expect(await server.refresh(refresh_token)).toEqual(INVALID_GRANT);
        expect(await server.me(access_token)).toEqual(REVOKED);
      } finally {
        await accounts.update({ username: 'johndoe' }, { disabled: false });
      }
    });

    it('are stored so that they are of no use to who reads the tables', async () => {
      const { refresh_token } = await server.logIn();
      const rows: unknown = await server.database.query('SELECT * FROM refresh_tokens');
      expect(JSON.stringify(rows)).not.toContain(refresh_token);
    });
  });

  describe('access tokens', () => {
    it('are verified by anybody with the published keys', async () => {
      const { access_token } = await server.logIn();
      const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
      const { payload, protectedHeader } = await jwtVerify(access_token, keys, {
        issuer: ISSUER,
        audience: ISSUER,
        typ: 'at+jwt',
        algorithms: ['ES256'],
      });
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
      expect(payload).toEqual({
        iss: ISSUER,
        aud: ISSUER,
        sub: '0b2f6c1e-6f43-4c5a-9b5f-3f0d2a7c9e11',
        client_id: 'cli',
        scope: 'me',
        sid: expect.any(String),
        jti: expect.any(String),
        iat: expect.any(Number),
        exp: payload.iat! + 300,
      });
    });

    it('last for five minutes', async () => {
      later(0);
      const { access_token } = await server.logIn();
      later(5 * MINUTE - 1000);
      expect(await server.me(access_token)).toEqual(accepted(PROFILE));
      later(7000);
      expect((await server.me(access_token)).status).toBe(401);
    });

    it('are refused when somebody else signed them', async () => {
      const { access_token } = await server.logIn();
      const { privateKey } = await generateKeyPair('ES256');
      const forged = await new SignJWT(decodeJwt(access_token))
        .setProtectedHeader({ ...decodeProtectedHeader(access_token), alg: 'ES256' })
        .sign(privateKey);
      expect(await server.me(forged)).toEqual(FORGED);
      expect((await server.me(access_token)).status).toBe(200);
    });

    it('are needed', async () => {
      expect(await server.get('/users/me')).toEqual(notAuthenticated('Bearer scope="me"'));
    });
  });

  describe('signing keys', () => {
    const kids = async () => {
      const { body } = await server.get('/.well-known/jwks.json');
      return (body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const kidOf = (token: string) => decodeProtectedHeader(token).kid;

    it('publish nothing private', async () => {
      const { body } = await server.get('/.well-known/jwks.json');
      const key = {
        kty: 'EC',
        crv: 'P-256',
        x: expect.stringMatching(/^[\w-]{43}$/),
        y: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        alg: 'ES256',
        use: 'sig',
      };
      const { keys } = body as { keys: unknown[] };
      expect(body).toEqual({ keys: keys.map(() => key) });
      expect(keys).not.toEqual([]);
    });

    it('rotate while it runs: announced a day ahead, and published as long as their tokens last', async () => {
      await server.database.getRepository(SigningKey).clear();
      const [first] = await kids();
      later(29 * DAY);
      const announced = await kids();
      expect(announced).toEqual([first, expect.any(String)]);
      expect(kidOf((await server.logIn()).access_token)).toBe(first);

      later(DAY - MINUTE);
      const old = (await server.logIn()).access_token;
      expect(kidOf(old)).toBe(first);
      later(MINUTE + 1000);
      const fresh = (await server.logIn()).access_token;
      expect(kidOf(fresh)).toBe(announced[1]);
      expect(await kids()).toEqual(announced);
      expect(await server.me(old)).toEqual(accepted(PROFILE));
      expect(await server.me(fresh)).toEqual(accepted(PROFILE));

      later(6 * MINUTE);
      expect(await kids()).toEqual([announced[1]]);
      expect((await server.me(old)).status).toBe(401);
    });
  });

  it('forgets what has expired', async () => {
    later(0);
    await server.redeem(await server.code());
    await server.logIn();
    await server.token({ grant_type: 'password', client_id: 'cli', username: 'x', password: 'x' });
    const rows = () =>
      Promise.all(
        [Grant, AuthorizationCode, RefreshToken, LoginAttempts, SigningKey].map((entity) =>
          server.database.getRepository<object>(entity).count(),
        ),
      );
    await server.running.app.get(Pruning).prune();
    expect((await rows()).every((count) => count > 0)).toBe(true);
    later(365 * DAY);
    await server.running.app.get(Pruning).prune();
    expect(await rows()).toEqual([0, 0, 0, 0, 0]);
  });

  describe('throttling', () => {
    const attempt = (form: Record<string, string> = {}) =>
      server.token({ grant_type: 'password', client_id: 'cli', ...JOHNDOE, ...form });
    const fail = async (times: number) => {
      for (let n = 0; n < times; n++) {
        expect(await attempt({ password: 'wrong' })).toEqual(WRONG_PASSWORD);
      }
    };

    it('refuses the sixth attempt in a minute, and says when to try again', async () => {
      later(0);
      await fail(5);
      later(20_000);
      expect(await attempt()).toEqual(TOO_MANY);
      const response = await server.postRaw('/token', {
        grant_type: 'password',
        client_id: 'cli',
        ...JOHNDOE,
      });
      expect(response.header('Retry-After')).toEqual(['40']);
      expect(response.header('Cache-Control')).toEqual(['no-store']);
      later(40_000);
      expect(await attempt()).toEqual(issued('me'));
    });

    it('starts anew after a login', async () => {
      await fail(4);
      expect(await attempt()).toEqual(issued('me'));
      await fail(5);
      expect(await attempt()).toEqual(TOO_MANY);
    });

    it('does not start anew after the success of another grant', async () => {
      const { refresh_token } = await server.logIn();
      await fail(4);
      expect(await server.refresh(refresh_token, { username: 'johndoe' })).toEqual(issued('me'));
      expect(await attempt()).toEqual(TOO_MANY);
    });

    it('counts the login form and the token endpoint together', async () => {
      await fail(5);
      const response = await server.postRaw('/authorize', { ...AUTHORIZATION, ...JOHNDOE });
      expect(response.status).toBe(429);
      expect(response.header('Retry-After')).toEqual([expect.stringMatching(/^(60|59)$/)]);
      expect(response.body).toContain('<p role="alert">Too many attempts: try again later</p>');
    });

    it('lets no parallel attempt slip through', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => attempt({ password: 'wrong' })),
      );
      expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
      expect(await attempt()).toEqual(TOO_MANY);
    });

    it('leaves other accounts and other grants alone', async () => {
      const { refresh_token } = await server.logIn();
      await fail(5);
      expect(await attempt({ username: 'alice', password: 'secret2' })).toEqual(WRONG_PASSWORD);
      expect(await server.refresh(refresh_token)).toEqual(issued('me'));
    });

    it('stops who tries many accounts', async () => {
      for (let n = 0; n < 50; n++) {
        expect(await attempt({ username: `user${n}`, client_id: 'nobody' })).toEqual(
          INVALID_CLIENT,
        );
      }
      expect(await attempt({ username: 'user50' })).toEqual(TOO_MANY);
    });
  });

  describe('revocation', () => {
    const DONE = { status: 200, challenges: [], body: '' };

    it.each(['access_token', 'refresh_token'] as const)(
      'of the %s ends the login',
      async (kind) => {
        const tokens = await server.logIn();
        const form = { token: tokens[kind], token_type_hint: kind, client_id: 'cli' };
        expect(await server.post('/revoke', form)).toEqual(DONE);
        expect(await server.me(tokens.access_token)).toEqual(REVOKED);
        expect(await server.refresh(tokens.refresh_token)).toEqual(INVALID_GRANT);
        expect(await server.post('/revoke', form)).toEqual(DONE);
      },
    );

    it('takes the client from HTTP Basic', async () => {
      const tokens = await server.tokens(codeForm(await server.code()), BACKEND);
      expect(await server.post('/revoke', { token: tokens.refresh_token }, [BACKEND])).toEqual(
        DONE,
      );
      expect(await server.me(tokens.access_token)).toEqual(REVOKED);
    });

    it('is content with what is no token', async () => {
      expect(await server.post('/revoke', { token: 'x', client_id: 'cli' })).toEqual(DONE);
    });

    it('refuses the token of another client', async () => {
      const tokens = await server.logIn();
      const form = { token: tokens.refresh_token, client_id: 'docs' };
      expect(await server.post('/revoke', form)).toEqual(
        oauthError('unauthorized_client', 'The token is not of this client'),
      );
      expect(await server.me(tokens.access_token)).toEqual(accepted(PROFILE));
    });

    it('refuses a client that is not authenticated', async () => {
      expect(await server.post('/revoke', { token: 'x' })).toEqual(INVALID_CLIENT);
      expect(await server.post('/revoke', { token: 'x', client_id: 'backend' })).toEqual(
        INVALID_CLIENT,
      );
      const wrong = Buffer.from('backend:wrong').toString('base64');
      expect(
        await server.post('/revoke', { token: 'x' }, [['Authorization', `Basic ${wrong}`]]),
      ).toEqual(INVALID_CLIENT);
    });

    it('refuses a request without a token', async () => {
      expect(await server.post('/revoke', { client_id: 'cli' })).toEqual(
        oauthError('invalid_request', 'Missing: token'),
      );
    });
  });
}
