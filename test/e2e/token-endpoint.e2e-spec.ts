import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  ForbiddenException,
  Injectable,
  type PipeTransform,
  Post,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
  PasswordForm,
} from '../../lib/token-endpoint/password-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';
import { TokenEndpointModule } from '../../lib/token-endpoint/token-endpoint.module.js';
import { TokenResponse } from '../../lib/token-endpoint/token-response.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import {
  answer,
  basic,
  FORM,
  invalidClient,
  invalidRequest,
  invalidScope,
  post as postForm,
  refused,
  sent,
  wrongContentType,
} from '../token-endpoint/answers.js';

@Injectable()
class UpperCaseUser implements PipeTransform<OAuth2PasswordRequestForm, object> {
  transform(form: OAuth2PasswordRequestForm): object {
    return {
      instance: form instanceof OAuth2PasswordRequestForm,
      user: form.username.toUpperCase(),
    };
  }
}

@Controller()
class TokenController {
  @TokenEndpoint('token')
  token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { ...form };
  }

  @TokenEndpoint('strict')
  strict(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestFormStrict): object {
    return { ...form, strict: form instanceof OAuth2PasswordRequestFormStrict };
  }

  @TokenEndpoint(['first', 'second'])
  @RouteConfig({ rateLimit: 5 })
  several(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { ...form };
  }

  @TokenEndpoint(':tenant/token')
  tenant(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { ...form };
  }

  @TokenEndpoint('piped')
  piped(@PasswordForm({}, UpperCaseUser) piped: object): object {
    return piped;
  }

  @TokenEndpoint('login')
  login(@PasswordForm() form: OAuth2PasswordRequestForm): TokenResponse {
    if (form.username === 'forbidden') throw new ForbiddenException();
    if (form.username === 'broken') throw new Error('never sent');
    if (form.username === 'unknown-client') throw new OAuth2Exception('invalid_client');
    if (form.password !== 'secret') {
      throw new OAuth2Exception('invalid_grant', `No "${form.username}" with this password`);
    }
    return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer', expires_in: 3600 };
  }

  @Post('plain')
  plain(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { ...form };
  }
}

@Catch()
class CatchAll implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse().status(418).send('caught');
  }
}

const VALID = 'username=johndoe&password=A3ddj3w';
const accepted = (fields: object = {}) =>
  sent(200, {
    grantType: null,
    username: 'johndoe',
    password: 'A3ddj3w',
    scopes: [],
    clientId: null,
    clientSecret: null,
    ...fields,
  });
const unsupportedGrant = refused('unsupported_grant_type', 'The grant_type is not password');
/** Nest's own answer, before or beside the token endpoint. */
const nest = (status: number, body: object, noStore = false) => ({
  ...sent(status, body),
  ...(!noStore && { cacheControl: null, pragma: null }),
});

type Expected = object | { Express: object; Fastify: object };
const on = (adapter: string, expected: Expected): object =>
  (expected as Record<string, object>)[adapter] ?? expected;

describe.each(adapters)('A token endpoint on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      controllers: [TokenController],
      imports: [TokenEndpointModule],
    });
  });
  afterAll(() => running.app.close());

  const post = (path: string, body: string, headers?: Record<string, string>) =>
    postForm(`${running.url}/${path}`, body, headers);

  describe('reads', () => {
    it.each<[string, string, object]>([
      ['the two required fields', VALID, {}],
      ['grant_type', `grant_type=password&${VALID}`, { grantType: 'password' }],
      [
        'every field',
        `grant_type=password&${VALID}&scope=me+items&client_id=a&client_secret=b`,
        { grantType: 'password', scopes: ['me', 'items'], clientId: 'a', clientSecret: 'b' },
      ],
      [
        'an empty optional field as missing',
        `${VALID}&grant_type=&scope=&client_id=&client_secret`,
        {},
      ],
      [
        'white space, untrimmed',
        'username=+john%09&password=%0D%0A+',
        { username: ' john\t', password: '\r\n ' },
      ],
      ['only a space', 'username=+&password=%20', { username: ' ', password: ' ' }],
      [
        'a plus and an encoded plus',
        'username=a+b&password=a%2Bb',
        { username: 'a b', password: 'a+b' },
      ],
      ['a NUL', 'username=a%00b&password=%00', { username: 'a\0b', password: '\0' }],
      ['UTF-8', 'username=Jos%C3%A9&password=%F0%9F%98%80é', { username: 'José', password: '😀é' }],
      [
        'unnormalised Unicode',
        'username=Jose%CC%81&password=x',
        { username: 'Jose\u0301', password: 'x' },
      ],
      [
        'a BOM in a value',
        'username=%EF%BB%BFa&password=b',
        { username: '\ufeffa', password: 'b' },
      ],
      ['encoded names', 'user%6Eame=a&pass%77ord=b', { username: 'a', password: 'b' }],
      [
        'separators in a value',
        'username=a;b,c&password=%26%3D==',
        { username: 'a;b,c', password: '&===' },
      ],
      [
        'a long password',
        `username=a&password=${'x'.repeat(90_000)}`,
        { username: 'a', password: 'x'.repeat(90_000) },
      ],
      [
        'surplus spaces and duplicates in scope',
        `${VALID}&scope=+me++items+me+`,
        { scopes: ['me', 'items', 'me'] },
      ],
      ['every character of a scope', `${VALID}&scope=%21%23%5B%5D%7E:/*`, { scopes: ['!#[]~:/*'] }],
      ['no unknown field', `${VALID}&otp=1&otp=2&x[y]=z&hasOwnProperty=1&toString=2`, {}],
      [
        'no prototype',
        `${VALID}&constructor[prototype][scope]=x&__proto__[clientId]=x&__proto__[scope]=x`,
        {},
      ],
      ['nothing between separators', `&&=&=x&${VALID}&`, {}],
    ])('%s', async (_case, body, fields) => {
      expect(await post('token', body)).toEqual(accepted(fields));
    });

    it.each([
      [`${FORM};charset=UTF-8`],
      [`${FORM} ; charset="utf-8"`],
      [`${FORM};`],
      ['Application/X-WWW-Form-URLencoded'],
    ])('a form sent as %s', async (contentType) => {
      expect(await post('token', VALID, { 'Content-Type': contentType })).toEqual(accepted());
    });

    it('no field in the query string', async () => {
      expect(await post(`token?${VALID}&scope=admin`, '')).toEqual(
        invalidRequest('Missing: username, password'),
      );
      expect(await post('token?scope=admin&client_id=a&username=eve', VALID)).toEqual(accepted());
    });
  });

  describe('refuses', () => {
    it.each<[string, string, Expected]>([
      ['bytes that are not UTF-8', 'username=%ff&password=a', invalidRequest('Malformed form')],
      ['what is no byte', 'username=a&password=%zz', invalidRequest('Malformed form')],
      ['an empty form', '', invalidRequest('Missing: username, password')],
      ['a missing user name', 'password=b', invalidRequest('Missing: username')],
      ['a missing password', 'username=a', invalidRequest('Missing: password')],
      ['empty values', 'username=&password=', invalidRequest('Missing: username, password')],
      ['names without values', 'username&password', invalidRequest('Missing: username, password')],
      ['semicolons as separators', 'username=a;password=b', invalidRequest('Missing: password')],
      [
        'names in another case',
        'Username=a&PASSWORD=b',
        invalidRequest('Missing: username, password'),
      ],
      ['an unknown grant', `${VALID}&grant_type=x`, unsupportedGrant],
      ['another grant', 'grant_type=client_credentials', unsupportedGrant],
      ['a grant in another case', `${VALID}&grant_type=PASSWORD`, unsupportedGrant],
      ['white space around the grant', `${VALID}&grant_type=password+`, unsupportedGrant],
      [
        'a repeated user name',
        `${VALID}&username=eve`,
        invalidRequest('Expected a single value: username'),
      ],
      [
        'a repeated password',
        `${VALID}&password=A3ddj3w`,
        invalidRequest('Expected a single value: password'),
      ],
      [
        'a repeated grant_type',
        `${VALID}&grant_type=password&grant_type=password`,
        invalidRequest('Expected a single value: grant_type'),
      ],
      [
        'a repeated scope',
        `${VALID}&scope=me&scope=items`,
        invalidRequest('Expected a single value: scope'),
      ],
      [
        'a repeated client_id',
        `${VALID}&client_id=a&client_id=b`,
        invalidRequest('Expected a single value: client_id'),
      ],
      [
        'a repeated client_secret',
        `${VALID}&client_secret=a&client_secret=a`,
        invalidRequest('Expected a single value: client_secret'),
      ],
      [
        'an empty value repeated',
        `username=&username=a&password=b`,
        invalidRequest('Expected a single value: username'),
      ],
      [
        'a value repeated under an encoded name',
        `${VALID}&user%6Eame=eve`,
        invalidRequest('Expected a single value: username'),
      ],
      [
        '30 repeated values',
        `${'username=a&'.repeat(30)}password=b`,
        invalidRequest('Expected a single value: username'),
      ],
      [
        '900 repeated values',
        `${'username=a&'.repeat(900)}password=b`,
        invalidRequest('Expected a single value: username'),
      ],
      ['a tab in scope', `${VALID}&scope=a%09b`, invalidScope],
      ['a line break in scope', `${VALID}&scope=a%0Ab`, invalidScope],
      ['a quote in scope', `${VALID}&scope=a%22b`, invalidScope],
      ['a backslash in scope', `${VALID}&scope=a%5Cb`, invalidScope],
      ['a letter beyond ASCII in scope', `${VALID}&scope=%C3%A9`, invalidScope],
      ['a no-break space in scope', `${VALID}&scope=a%C2%A0b`, invalidScope],
      [
        'fields of a prototype only',
        '__proto__[username]=a&constructor[prototype][password]=b',
        invalidRequest('Missing: username, password'),
      ],
      [
        'an array',
        'username[]=a&password=b',
        {
          Express: invalidRequest('Expected a single value: username'),
          Fastify: invalidRequest('Missing: username'),
        },
      ],
      [
        'nested objects',
        'username[a][b]=1&password[toString]=b',
        {
          Express: invalidRequest('Expected a single value: username, password'),
          Fastify: invalidRequest('Missing: username, password'),
        },
      ],
    ])('%s', async (_case, body, expected) => {
      expect(await post('token', body)).toEqual(on(adapter.name, expected));
    });

    it.each<[string, string, Record<string, string>]>([
      [
        'JSON',
        JSON.stringify({ username: 'a', password: 'b' }),
        { 'Content-Type': 'application/json' },
      ],
      ['text', VALID, { 'Content-Type': 'text/plain' }],
      ['a multipart form', VALID, { 'Content-Type': 'multipart/form-data; boundary=x' }],
      ['XML', '<a/>', { 'Content-Type': 'application/xml' }],
      ['bytes', VALID, { 'Content-Type': 'application/octet-stream' }],
      ['two content types', VALID, { 'Content-Type': `${FORM}, text/plain` }],
      ['a longer content type', VALID, { 'Content-Type': `${FORM}-x` }],
      ['no media type at all', VALID, { 'Content-Type': 'garbage' }],
      ['an empty content type', VALID, { 'Content-Type': '' }],
      ['a megabyte of text', 'x'.repeat(1_000_000), { 'Content-Type': 'text/plain' }],
    ])('%s', async (_case, body, headers) => {
      expect(await post('token', body, headers)).toEqual(wrongContentType);
    });

    it('an empty request', async () => {
      const response = await fetch(`${running.url}/token`, { method: 'POST' });
      expect(await answer(response)).toEqual(wrongContentType);
    });

    it.each(['first', 'second', 'acme/token'])('another content type at /%s too', async (path) => {
      expect(await post(path, VALID)).toEqual(accepted());
      expect(await post(path, VALID, { 'Content-Type': 'application/xml' })).toEqual(
        wrongContentType,
      );
    });
  });

  // What the adapter's parser makes of a body; what it refuses is in token-body-errors.
  describe('leaves to the body parser', () => {
    it.each<[string, string, Expected]>([
      [
        'a BOM before the form',
        `\ufeff${VALID}`,
        { Express: accepted(), Fastify: invalidRequest('Missing: username') },
      ],
      [
        'an array beside a value',
        `${VALID}&username[]=eve`,
        { Express: invalidRequest('Expected a single value: username'), Fastify: accepted() },
      ],
    ])('%s', async (_case, body, expected) => {
      expect(await post('token', body)).toEqual(on(adapter.name, expected));
    });

    it.runIf(adapter.name === 'Fastify')('a password of a megabyte', async () => {
      const password = 'x'.repeat(1_000_000);
      expect(await post('token', `username=a&password=${password}`)).toEqual(
        accepted({ username: 'a', password }),
      );
    });
  });

  describe('reads client credentials', () => {
    it.each<[string, string, string, object]>([
      [
        'from HTTP Basic',
        'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
        VALID,
        { clientId: 's6BhdRkqt3', clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw' },
      ],
      [
        'form-urlencoded within',
        basic('a%3Ab:c+d%25'),
        VALID,
        { clientId: 'a:b', clientSecret: 'c d%' },
      ],
      ['with an empty secret', basic('a:'), VALID, { clientId: 'a', clientSecret: '' }],
      [
        'in Basic beside the same name',
        basic('a:b'),
        `${VALID}&client_id=a`,
        { clientId: 'a', clientSecret: 'b' },
      ],
      [
        'in Basic beside empty fields',
        basic('a:b'),
        `${VALID}&client_id=&client_secret=`,
        { clientId: 'a', clientSecret: 'b' },
      ],
      ['from the form beside Bearer', 'Bearer abc', `${VALID}&client_id=a`, { clientId: 'a' }],
      ['from nowhere, with another scheme', 'Digest username="a"', VALID, {}],
    ])('%s', async (_case, authorization, body, fields) => {
      expect(await post('token', body, { authorization })).toEqual(accepted(fields));
    });

    it.each<[string, string, string, object]>([
      [
        'both ways',
        basic('a:b'),
        `${VALID}&client_id=a&client_secret=b`,
        invalidRequest('Client credentials both in the Authorization header and in the form'),
      ],
      [
        'of two clients',
        basic('a:b'),
        `${VALID}&client_id=b`,
        invalidRequest('The client_id is not that of the Authorization header'),
      ],
      ['without base64', 'Basic %%%', VALID, invalidClient('Malformed base64')],
      ['without a colon', basic('ab'), VALID, invalidClient('Basic credentials hold no colon')],
      [
        'without an identifier',
        basic(':b'),
        VALID,
        invalidClient('Client credentials without an identifier'),
      ],
      [
        'with bad percent-encoding',
        basic('a:%zz'),
        VALID,
        invalidClient('Malformed percent-encoding in client credentials'),
      ],
    ])('but not %s', async (_case, authorization, body, expected) => {
      expect(await post('token', body, { authorization })).toEqual(expected);
    });

    it('but not from two Authorization lines', async () => {
      const response = await rawRequest(running.url, {
        method: 'POST',
        path: '/token',
        headers: [
          ['Content-Type', FORM],
          ['Authorization', basic('a:b')],
          ['Authorization', basic('c:d')],
        ],
        body: VALID,
      });
      expect([
        response.status,
        response.header('cache-control'),
        JSON.parse(response.body),
      ]).toEqual([
        400,
        ['no-store'],
        {
          error: 'invalid_request',
          error_description: 'The authorization header was sent more than once',
        },
      ]);
    });
  });

  describe('when strict', () => {
    it('reads a form with grant_type=password', async () => {
      expect(await post('strict', `grant_type=password&${VALID}`)).toEqual(
        accepted({ grantType: 'password', strict: true }),
      );
    });

    it.each<[string, string, object]>([
      ['no grant_type', VALID, invalidRequest('Missing: grant_type')],
      ['an empty grant_type', `${VALID}&grant_type=`, invalidRequest('Missing: grant_type')],
      ['nothing', '', invalidRequest('Missing: grant_type, username, password')],
      ['another grant', `${VALID}&grant_type=x`, unsupportedGrant],
    ])('refuses %s', async (_case, body, expected) => {
      expect(await post('strict', body)).toEqual(expected);
    });
  });

  describe('sends what the handler decides', () => {
    it.each<[string, string, object]>([
      [
        'a token',
        'username=johndoe&password=secret',
        sent(200, {
          access_token: '2YotnFZFEjr1zCsicMWpAA',
          token_type: 'bearer',
          expires_in: 3600,
        }),
      ],
      [
        'a refusal, its description made legal',
        'username=%22%C3%A9%0D%0A&password=x',
        refused('invalid_grant', 'No        with this password'),
      ],
      [
        'an unknown client',
        'username=unknown-client&password=x',
        sent(401, { error: 'invalid_client' }, 'Basic realm="Restricted", charset="UTF-8"'),
      ],
      [
        'an exception of Nest',
        'username=forbidden&password=x',
        nest(403, { message: 'Forbidden', statusCode: 403 }, true),
      ],
      [
        'an unexpected error',
        'username=broken&password=x',
        nest(500, { message: 'Internal server error', statusCode: 500 }, true),
      ],
    ])('%s', async (_case, body, expected) => {
      expect(await post('login', body)).toEqual(expected);
    });
  });

  it('runs pipes on the form', async () => {
    expect(await post('piped', VALID)).toEqual(sent(200, { instance: true, user: 'JOHNDOE' }));
  });

  it('answers POST only', async () => {
    expect((await fetch(`${running.url}/token?${VALID}`)).status).toBe(404);
  });

  it('leaves other routes as they are', async () => {
    const { contentType, body } = accepted();
    const headers = { cacheControl: null, pragma: null, wwwAuthenticate: null };
    expect(await post('plain', VALID)).toEqual({ status: 201, contentType, ...headers, body });
    expect(await post('plain', VALID, { 'Content-Type': 'application/xml' })).toMatchObject({
      ...headers,
      status: adapter.name === 'Fastify' ? 415 : 400,
    });
  });

  it('answers the same under a prefix, versions, global pipes and a filter that catches all', async () => {
    const { app, url } = await createApp(
      adapter,
      { controllers: [TokenController], imports: [TokenEndpointModule] },
      (app) =>
        app
          .setGlobalPrefix('api')
          .enableVersioning({ type: VersioningType.HEADER, header: 'v', defaultVersion: '1' })
          .useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }))
          .useGlobalFilters(new CatchAll()),
    );
    const post = (contentType: string, body: string) =>
      postForm(`${url}/api/token`, body, { 'Content-Type': contentType, v: '1' });
    try {
      expect(await post(FORM, VALID)).toEqual(accepted());
      expect(await post('application/xml', VALID)).toEqual(wrongContentType);
      expect(await post(FORM, '')).toEqual(invalidRequest('Missing: username, password'));
    } finally {
      await app.close();
    }
  });
});
