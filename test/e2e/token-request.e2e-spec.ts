import { Controller, Injectable, type PipeTransform } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import {
  type OAuth2TokenRequestForm,
  TokenRequest,
} from '../../lib/token-endpoint/token-request.js';
import { TokenEndpointModule } from '../../lib/token-endpoint/token-endpoint.module.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  basic,
  invalidClient,
  invalidRequest,
  post,
  refused,
  sent,
  wrongContentType,
} from '../token-endpoint/answers.js';

/** What tells the grants apart, by their types. */
function subjectOf(form: OAuth2TokenRequestForm): string {
  switch (form.grantType) {
    case 'authorization_code':
      return form.code;
    case 'client_credentials':
      return form.clientId;
    case 'password':
      return form.username;
    case 'refresh_token':
      return form.refreshToken;
  }
}

@Injectable()
class Subject implements PipeTransform<OAuth2TokenRequestForm, object> {
  transform(form: OAuth2TokenRequestForm): object {
    return { subject: subjectOf(form) };
  }
}

@Controller()
class TokenController {
  @TokenEndpoint('any')
  any(@TokenRequest() form: OAuth2TokenRequestForm): object {
    return { form: form.constructor.name, subject: subjectOf(form), clientId: form.clientId };
  }

  @TokenEndpoint('some')
  some(
    @TokenRequest({ grants: ['authorization_code', 'refresh_token'] })
    form: OAuth2TokenRequestForm<'authorization_code' | 'refresh_token'>,
  ): object {
    return { ...form };
  }

  @TokenEndpoint('one')
  one(@TokenRequest({ grants: ['password'] }) form: OAuth2TokenRequestForm<'password'>): object {
    return { ...form };
  }

  @TokenEndpoint('piped')
  piped(@TokenRequest({}, Subject) piped: object): object {
    return piped;
  }
}

const PASSWORD = 'grant_type=password&username=johndoe&password=A3ddj3w';
const CODE = 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA';
const TOKEN = 'grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA';
const CLIENT = 'grant_type=client_credentials';
const authorization = basic('a:b');

const unsupported = (grants: string) =>
  refused('unsupported_grant_type', `The grant_type is ${grants}`);
const noneOfAll = unsupported(
  'none of authorization_code, client_credentials, password, refresh_token',
);
const noneOfSome = unsupported('none of authorization_code, refresh_token');

describe.each(adapters)('A token endpoint for several grants on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      controllers: [TokenController],
      imports: [TokenEndpointModule],
    });
  });
  afterAll(() => running.app.close());

  const send = (path: string, body: string, headers?: Record<string, string>) =>
    post(`${running.url}/${path}`, body, headers);

  it.each([
    ['OAuth2AuthorizationCodeRequestForm', CODE, 'SplxlOBeZQQYbYS6WxSbIA'],
    ['OAuth2ClientCredentialsRequestForm', CLIENT, 'a'],
    ['OAuth2PasswordRequestFormStrict', PASSWORD, 'johndoe'],
    ['OAuth2RefreshTokenRequestForm', TOKEN, 'tGzv3JOkF0XG5Qx2TlKWIA'],
  ])('reads an %s, with the client once or twice', async (form, body, subject) => {
    const accepted = sent(200, { form, subject, clientId: 'a' });
    expect(await send('any', body, { authorization })).toEqual(accepted);
    expect(await send('any', `${body}&client_id=a`, { authorization })).toEqual(accepted);
    expect(await send('any', `${body}&client_id=a&client_secret=b`)).toEqual(accepted);
  });

  it.each<[string, string, object]>([
    ['nothing', '', invalidRequest('Missing: grant_type')],
    ['no grant_type', 'username=a&password=b', invalidRequest('Missing: grant_type')],
    ['an empty grant_type', 'grant_type=&code=a', invalidRequest('Missing: grant_type')],
    ['two', `${TOKEN}&grant_type=password`, invalidRequest('Expected a single value: grant_type')],
    ['an unknown grant', 'grant_type=urn:ietf:params:oauth:grant-type:device_code', noneOfAll],
    ['a grant in another case', 'grant_type=Refresh_Token', noneOfAll],
    ['a grant with a space', 'grant_type=+password', noneOfAll],
    ['a property of every object', 'grant_type=constructor', noneOfAll],
    ['a code without a code', 'grant_type=authorization_code', invalidRequest('Missing: code')],
    [
      'a password without its fields',
      'grant_type=password',
      invalidRequest('Missing: username, password'),
    ],
    [
      'a second password',
      `${PASSWORD}&password=x`,
      invalidRequest('Expected a single value: password'),
    ],
    ['a client without credentials', CLIENT, invalidClient('The client must authenticate')],
  ])('refuses %s', async (_case, body, expected) => {
    expect(await send('any', body)).toEqual(expected);
  });

  it('reads no field of another grant', async () => {
    const body = `${TOKEN}&client_id=a&code=x&code=y&code_verifier=z&username=u&password=p`;
    expect(await send('some', body)).toEqual(
      sent(200, {
        grantType: 'refresh_token',
        refreshToken: 'tGzv3JOkF0XG5Qx2TlKWIA',
        scopes: [],
        clientId: 'a',
        clientSecret: null,
      }),
    );
  });

  it.each<[string, string, string, object]>([
    ['password', 'some', PASSWORD, noneOfSome],
    ['client_credentials', 'some', CLIENT, noneOfSome],
    ['refresh_token', 'one', TOKEN, unsupported('not password')],
  ])('refuses %s at /%s, which does not list it', async (_grant, path, body, expected) => {
    expect(await send(path, body, { authorization })).toEqual(expected);
  });

  it.each([
    ['application/json', JSON.stringify({ grant_type: 'password', username: 'a', password: 'b' })],
    ['text/plain', PASSWORD],
  ])('refuses a body as %s', async (type, body) => {
    expect(await send('any', body, { 'Content-Type': type })).toEqual(wrongContentType);
  });

  it('runs pipes on the form', async () => {
    expect(await send('piped', PASSWORD)).toEqual(sent(200, { subject: 'johndoe' }));
  });
});
