import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SecuredDocument } from '../../lib/testing/documented-operation.js';
import { expectDocumentMatchesEnforcement } from '../../lib/testing/index.js';
import { AppModule } from '../../sample/05-resource-server/app.module.js';
import { serveDocumentation } from '../../sample/05-resource-server/documentation.js';
import { Settings } from '../../sample/05-resource-server/settings.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, bearer, call, refusal, success } from './call.js';
import { discover, obtainTokens, post } from './code-flow.js';
import { AUDIENCE, OpenIdProvider, OTHER_AUDIENCE } from './openid-provider.js';

const FORMATS = [
  { format: 'JSON Web Token', clientId: 'notes-docs' },
  { format: 'opaque token', clientId: 'notes-docs-opaque' },
];
const BOTH = 'notes:read notes:write';

/** The answer to a token that is not good here. */
const refused = (message: string): Answer =>
  refusal(401, [`Bearer error="invalid_token", error_description="${message}"`], message);

describe.each(adapters)('05-resource-server on $name', { timeout: 30_000 }, (adapter) => {
  let provider: OpenIdProvider;
  let other: OpenIdProvider;
  let running: RunningApp;
  let url: string;

  const notes = (token: string) => call(url, '/notes', { headers: bearer(token) });
  const write = (token: string, text: string) =>
    call(url, '/notes', { headers: bearer(token), form: { text } });
  const obtain = async (scope: string, clientId = 'notes-docs') =>
    (await obtainTokens(provider.issuer, { scope, clientId })).access_token;

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    [provider, other] = await Promise.all([OpenIdProvider.start(), OpenIdProvider.start()]);
    vi.stubEnv('ISSUER', provider.issuer);
    running = await createApp(adapter, AppModule, serveDocumentation);
    ({ url } = running);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await running.app.close();
    await Promise.all([provider.down(), other.down()]);
  });

  it('sends users to the endpoints that the provider names', async () => {
    const metadata = await discover(provider.issuer);
    expect(running.app.get(Settings)).toMatchObject({
      issuer: metadata.issuer,
      authorizationUrl: metadata.authorization_endpoint,
      tokenUrl: metadata.token_endpoint,
      introspectionUrl: metadata.introspection_endpoint,
    });
  });

  it('asks for a token', async () => {
    expect(await call(url, '/notes')).toEqual(
      refusal(401, ['Bearer scope="notes:read"'], 'Not authenticated'),
    );
  });

  it.each(FORMATS)('reads and writes the notes of whom a $format is for', async ({ clientId }) => {
    const user = `ada of ${clientId}`;
    const flow = { scope: BOTH, clientId, user };
    const { access_token: token, scope } = await obtainTokens(provider.issuer, flow);
    expect(scope).toBe(BOTH);
    expect(await notes(token)).toEqual(success([]));
    const note = { id: 1, text: 'Buy milk' };
    expect(await write(token, note.text)).toEqual({ ...success(note), status: 201 });
    expect(await notes(token)).toEqual(success([note]));
    expect(await notes(await obtain('notes:read'))).toEqual(success([]));
  });

  it('is given access tokens of RFC 9068, or none that it could read', async () => {
    const jwt = await obtain(BOTH);
    expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'at+jwt', kid: 'first' });
    expect(decodeJwt(jwt)).toMatchObject({ iss: provider.issuer, aud: AUDIENCE, sub: 'ada' });
    expect(await obtain(BOTH, 'notes-docs-opaque')).not.toContain('.');
  });

  it.each(FORMATS)('refuses a $format without the scope', async ({ clientId }) => {
    const reader = await obtain('notes:read', clientId);
    expect(await write(reader, 'Buy milk')).toEqual(
      refusal(
        403,
        ['Bearer error="insufficient_scope", scope="notes:write"'],
        'Insufficient scope',
      ),
    );
    const writer = await obtain('notes:write', clientId);
    expect(await notes(writer)).toEqual(
      refusal(403, ['Bearer error="insufficient_scope", scope="notes:read"'], 'Insufficient scope'),
    );
  });

  it.each(FORMATS)('refuses a $format that is meant for another API', async ({ clientId }) => {
    const flow = { scope: BOTH, clientId, resource: OTHER_AUDIENCE };
    const { access_token } = await obtainTokens(provider.issuer, flow);
    expect(await notes(access_token)).toEqual(refused('The audience is not accepted'));
  });

  it.each(FORMATS)('refuses a $format of another provider', async ({ format, clientId }) => {
    const { access_token } = await obtainTokens(other.issuer, { scope: BOTH, clientId });
    const reason = format === 'opaque token' ? 'The token is not active' : expect.any(String);
    expect(await notes(access_token)).toMatchObject({ status: 401, body: { message: reason } });
  });

  it('refuses a token of another issuer under its own provider’s signature', async () => {
    const token = await provider.sign({ iss: other.issuer });
    expect(await notes(token)).toEqual(refused('The issuer is not accepted'));
  });

  it('refuses a token of its provider’s name under another signature', async () => {
    const token = await other.sign({ iss: provider.issuer });
    expect(await notes(token)).toMatchObject({ status: 401 });
  });

  it('refuses an expired token', async () => {
    const exp = Math.floor(Date.now() / 1000) - 60;
    expect(await notes(await provider.sign({ exp }))).toEqual(refused('The token expired'));
    expect(await notes(await provider.sign({}))).toEqual(success([]));
  });

  it('refuses a revoked opaque token at once', async () => {
    const clientId = 'notes-docs-opaque';
    const token = await obtain(BOTH, clientId);
    expect((await notes(token)).status).toBe(200);
    const { revocation_endpoint } = await discover(provider.issuer);
    await post(revocation_endpoint, { token, client_id: clientId });
    expect(await notes(token)).toEqual(refused('The token is not active'));
  });

  it('refuses an ID token', async () => {
    const { id_token } = await obtainTokens(provider.issuer, { scope: `openid ${BOTH}` });
    expect((await notes(id_token!)).status).toBe(401);
    const forThisApi = await provider.sign({}, 'JWT');
    expect(await notes(forThisApi)).toEqual(refused('The token is of another type'));
  });

  it.each(['guessed', 'a.b.c', 'a.b.c.d.e'])('refuses what is no token: %s', async (token) => {
    expect((await notes(token)).status).toBe(401);
  });

  it.each([{}, { text: '' }, { text: 'x'.repeat(1001) }])(
    'refuses a note like %o',
    async (form) => {
      const headers = bearer(await provider.sign({ scope: 'notes:write' }));
      expect((await call(url, '/notes', { headers, form })).status).toBe(400);
    },
  );

  it('documents the flow, its scopes, and what it enforces', async () => {
    const { body } = await call(url, '/docs-json');
    expect(body).toMatchObject({
      paths: {
        '/notes': {
          get: { security: [{ AccessToken: ['notes:read'] }] },
          post: { security: [{ AccessToken: ['notes:write'] }] },
        },
      },
      components: {
        securitySchemes: {
          AccessToken: {
            type: 'oauth2',
            flows: {
              authorizationCode: {
                authorizationUrl: `${provider.issuer}/auth`,
                tokenUrl: `${provider.issuer}/token`,
                scopes: { 'notes:read': 'Read your notes.', 'notes:write': 'Write notes.' },
              },
            },
          },
        },
      },
    });
    const requests = await expectDocumentMatchesEnforcement(running.app, body as SecuredDocument);
    expect(requests).toBeGreaterThan(4);
  });
});
