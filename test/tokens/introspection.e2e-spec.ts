import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TokenIntrospector, type TokenIntrospectorOptions } from '../../lib/tokens/index.js';
import { AUDIENCE, expectRefused } from './jwt-fixture.js';

const scope = 'openid offline_access read';
const api = { client_id: 'api', client_secret: 'canary', redirect_uris: [], response_types: [] };
const spa = {
  client_id: 'spa',
  redirect_uris: ['http://127.0.0.1/callback'],
  application_type: 'native' as const,
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code', 'refresh_token'],
};

describe('TokenIntrospector and the tokens of a real provider', () => {
  let server: Server;
  let provider: Provider;
  let issuer: string;
  let grant: { accountId: string; client: Client; grantId: string; gty: string; scope: string };

  const introspectorWith = (options: Partial<TokenIntrospectorOptions> = {}) =>
    new TokenIntrospector({
      endpoint: `${issuer}/token/introspection`,
      clientId: api.client_id,
      clientSecret: api.client_secret,
      audience: AUDIENCE,
      issuer,
      ...options,
    });
  const refreshToken = () => new provider.RefreshToken(grant).save();
  const accessToken = (audience?: string) => {
    const token = new provider.AccessToken(grant);
    if (audience !== undefined) {
      token.resourceServer = new provider.ResourceServer(audience, { scope });
    }
    return token.save();
  };

  beforeAll(async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    provider = new Provider(issuer, {
      clients: [{ ...api, grant_types: [] }, spa],
      scopes: scope.split(' '),
      features: { introspection: { enabled: true, allowedPolicy: () => true } },
    });
    server.on('request', provider.callback());
    const granted = new provider.Grant({ accountId: 'ada', clientId: 'spa' });
    granted.addOIDCScope(scope);
    const client = (await provider.Client.find('spa'))!;
    const grantId = await granted.save();
    grant = { accountId: 'ada', client, grantId, gty: 'authorization_code', scope };
  });
  afterAll(() => {
    vi.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });

  it('accepts an access token for this API', async () => {
    const { claims, scopes } = await introspectorWith().introspect(await accessToken(AUDIENCE));
    expect(claims).toMatchObject({ sub: 'ada', aud: AUDIENCE, token_type: 'Bearer' });
    expect(scopes).toContain('read');
  });

  it('refuses one for another API', async () => {
    const token = await accessToken('https://photos.example');
    await expectRefused(introspectorWith().introspect(token), 'The audience is not accepted');
  });

  it('accepts one for no API where any will do', async () => {
    const introspector = introspectorWith({ audience: false });
    expect((await introspector.introspect(await accessToken())).claims.client_id).toBe('spa');
  });

  it.each<[string, Partial<TokenIntrospectorOptions>]>([
    ['for this API', {}],
    ['for any API', { audience: false }],
    ['of its client', { audience: 'spa', audienceClaim: 'client_id' }],
  ])('takes no refresh token for an access token %s', async (_, options) => {
    await expectRefused(introspectorWith(options).introspect(await refreshToken()));
  });

  it('which the provider calls active', async () => {
    const response = await fetch(`${issuer}/token/introspection`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('api:canary')}` },
      body: new URLSearchParams({ token: await refreshToken() }),
    });
    expect(await response.json()).toMatchObject({ active: true, sub: 'ada', client_id: 'spa' });
  });
});
