import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenEndpointModule } from '../../lib/token-endpoint/token-endpoint.module.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  basic,
  invalidClient,
  invalidRequest,
  invalidScope,
  post,
} from '../token-endpoint/answers.js';
import {
  accepted,
  CLIENT,
  type Grant,
  grants,
  SECRET,
  TokenController,
  VERIFIER,
} from '../token-endpoint/grant-controller.js';

const malformed = (field: string) => invalidRequest(`Malformed ${field}`);
const single = (field: string) => invalidRequest(`Expected a single value: ${field}`);

describe.each(adapters)('The fields of a grant on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      controllers: [TokenController],
      imports: [TokenEndpointModule],
    });
  });
  afterAll(() => running.app.close());

  const send = (path: Grant, body: string, headers?: Record<string, string>) =>
    post(`${running.url}/${path}`, body, headers);

  it.each<[Grant, string, string, object]>([
    ['client_credentials', 'scopes', '&scope=+me++items', { scopes: ['me', 'items'] }],
    ['refresh_token', 'scopes', '&scope=me+me', { scopes: ['me', 'me'] }],
    ['authorization_code', 'no scope, which it does not have', '&scope=%22&scope=a', {}],
    [
      'authorization_code',
      'a redirect URI as it is',
      '&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb%3Fa%3D%2520%2B',
      { redirectUri: 'https://client.example.com/cb?a=%20+' },
    ],
    ['authorization_code', 'a verifier', `&code_verifier=${VERIFIER}`, { codeVerifier: VERIFIER }],
    ['authorization_code', 'empty fields as missing', '&redirect_uri=&code_verifier', {}],
  ])('reads of %s %s', async (grant, _case, more, fields) => {
    expect(await send(grant, `${grants[grant].form}&${SECRET}${more}`)).toEqual(
      accepted(grant, fields),
    );
  });

  it.each<[Grant, string, string, object]>([
    ['authorization_code', 'by its name only', `&${CLIENT}`, { clientSecret: null }],
    ['refresh_token', 'by its name only', `&${CLIENT}`, { clientSecret: null }],
    ['refresh_token', 'without a name', '', { clientId: null, clientSecret: null }],
  ])('reads of %s a public client %s', async (grant, _case, more, fields) => {
    expect(await send(grant, `${grants[grant].form}${more}`)).toEqual(accepted(grant, fields));
  });

  it.each<[string, string, Record<string, string>]>([
    ['none', '', {}],
    ['its name only', `&${CLIENT}`, {}],
    ['an empty secret', `&${CLIENT}&client_secret=`, {}],
    ['an empty secret in HTTP Basic', '', { authorization: basic('s6BhdRkqt3:') }],
    ['a secret only', '&client_secret=gX1fBat3bV', {}],
    ['another scheme', '', { authorization: 'Bearer abc' }],
  ])('refuses of client_credentials a client with %s', async (_case, more, headers) => {
    const { form } = grants.client_credentials;
    expect(await send('client_credentials', `${form}${more}`, headers)).toEqual(
      invalidClient('The client must authenticate'),
    );
  });

  it.each<[Grant, string, string, object]>([
    ['client_credentials', 'a malformed scope', `${SECRET}&scope=a%22b`, invalidScope],
    ['client_credentials', 'a repeated scope', `${SECRET}&scope=a&scope=a`, single('scope')],
    ['refresh_token', 'a malformed scope', 'scope=%C3%A9', invalidScope],
    ['refresh_token', 'a second token', 'refresh_token=x', single('refresh_token')],
    ['authorization_code', 'no client', '', invalidRequest('Missing: client_id')],
    ['authorization_code', 'a second code', 'code=x', single('code')],
    ['authorization_code', 'a second URI', 'redirect_uri=a&redirect_uri=', single('redirect_uri')],
    [
      'authorization_code',
      'a second verifier',
      `code_verifier=${VERIFIER}&code_verifier=${VERIFIER}`,
      single('code_verifier'),
    ],
    [
      'authorization_code',
      'a short verifier',
      `code_verifier=${'a'.repeat(42)}`,
      malformed('code_verifier'),
    ],
    [
      'authorization_code',
      'a long verifier',
      `code_verifier=${'a'.repeat(129)}`,
      malformed('code_verifier'),
    ],
    [
      'authorization_code',
      'a space in it',
      `code_verifier=${VERIFIER}+`,
      malformed('code_verifier'),
    ],
    [
      'authorization_code',
      'a line behind it',
      `code_verifier=${VERIFIER}%0A`,
      malformed('code_verifier'),
    ],
  ])('refuses of %s %s', async (grant, _case, more, expected) => {
    expect(await send(grant, `${grants[grant].form}&${more}`)).toEqual(expected);
  });

  it.each(['%00', 'a%0Ab', 'a%7F', '%C3%A9'])(
    'refuses the code and the token %s',
    async (value) => {
      expect(
        await send('authorization_code', `grant_type=authorization_code&code=${value}`),
      ).toEqual(malformed('code'));
      expect(
        await send('refresh_token', `grant_type=refresh_token&refresh_token=${value}`),
      ).toEqual(malformed('refresh_token'));
    },
  );
});
