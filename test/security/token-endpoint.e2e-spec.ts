import { Controller, ImATeapotException, Post, UseFilters } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import {
  OAuth2Exception,
  OAuth2ExceptionFilter,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

const received = vi.fn<(form: OAuth2PasswordRequestForm) => void>();
let fail: string | undefined;

@Controller()
class Tokens {
  @TokenEndpoint('token') token(@PasswordForm() form: OAuth2PasswordRequestForm) {
    return this.answer(form);
  }
  @TokenEndpoint('strict') strict(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestForm) {
    return this.answer(form);
  }
  @Post('filtered') @UseFilters(OAuth2ExceptionFilter) filtered() {
    if (fail === 'other') throw new ImATeapotException();
    throw new OAuth2Exception(fail!, 'No.');
  }
  private answer(form: OAuth2PasswordRequestForm) {
    received(form);
    if (fail !== undefined) throw new OAuth2Exception(fail, 'No.');
    return { access_token: 'a', token_type: 'bearer' };
  }
}

type Line = [name: string, value: string];
const FORM: Line = ['Content-Type', 'application/x-www-form-urlencoded'];
const basic = (text: string): Line => [
  'Authorization',
  `Basic ${Buffer.from(text).toString('base64')}`,
];

describe.each(adapters)('the token endpoint on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [Tokens],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    fail = undefined;
    received.mockClear();
  });

  const post = async (path: string, body: string, ...headers: Line[]) => {
    const lines = headers.some(([name]) => name === 'Content-Type') ? headers : [FORM, ...headers];
    const answer = await rawRequest(running.url, { method: 'POST', path, headers: lines, body });
    expect(answer.header('Cache-Control')).toStrictEqual(['no-store']);
    expect(answer.header('Pragma')).toStrictEqual(['no-cache']);
    expect(answer.header('content-type')[0]).toMatch(/^application\/json/);
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
  };
  const GOOD = 'username=john&password=secret';

  describe('T61 a request that is no token request', () => {
    const expectError = async (error: string, ...sent: Parameters<typeof post>) => {
      const { status, json, header } = await post(...sent);
      expect([status, json['error']]).toStrictEqual([
        error === 'invalid_client' ? 401 : 400,
        error,
      ]);
      expect(header('WWW-Authenticate')).toHaveLength(error === 'invalid_client' ? 1 : 0);
      expect(Object.keys(json).sort()).toStrictEqual(['error', 'error_description']);
      expect(json['error_description']).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
      expect(received).not.toHaveBeenCalled();
    };

    it.each([
      ['JSON', 'application/json', '{"username":"john","password":"secret"}'],
      ['text', 'text/plain', GOOD],
      ['multipart', 'multipart/form-data; boundary=x', '--x--'],
      ['an empty type', '', GOOD],
      ['a type that begins alike', 'application/x-www-form-urlencodedx', GOOD],
      ['two types', 'application/json, application/x-www-form-urlencoded', '{}'],
    ])('%s is invalid_request', async (_what, type, body) => {
      await expectError('invalid_request', '/token', body, ['Content-Type', type]);
    });

    it('JSON that cannot be parsed is invalid_request', async () => {
      await expectError('invalid_request', '/token', '{', ['Content-Type', 'application/json']);
    });

    it.each(['iso-8859-1', 'utf-16', '"us-ascii"'])(
      'the charset %s is invalid_request',
      async (name) => {
        const type: Line = ['Content-Type', `application/x-www-form-urlencoded; charset=${name}`];
        await expectError('invalid_request', '/token', GOOD, type);
      },
    );

    // A parser without brackets, Fastify's, sees another name there, and the one that counts once.
    const withBrackets = adapter.name === 'Express' ? [`${GOOD}&username[]=a`] : [];
    it.each([
      ...withBrackets, '', 'username=john', 'password=a', 'username=&password=a', 'username=a&password=',
      `${GOOD}&username=jane`, `${GOOD}&password=b`, `${GOOD}&scope=a&scope=b`,
      `${GOOD}&client_id=a&client_id=a`, `${GOOD}&grant_type=password&grant_type=password`,
      'username[]=a&password=b', 'username[x]=a&password=b',
      '__proto__[username]=a&__proto__[password]=b', 'constructor[prototype][username]=a&password=b',
    ])('the form %j is invalid_request', async (body) => {
      await expectError('invalid_request', '/token', body);
    }); // prettier-ignore

    it.each(['client_credentials', 'Password', 'password ', 'refresh_token', 'constructor'])(
      'the grant type %j is unsupported_grant_type',
      async (grant) => {
        const body = `${GOOD}&grant_type=${encodeURIComponent(grant)}`;
        await expectError('unsupported_grant_type', '/token', body);
        await expectError('unsupported_grant_type', '/strict', body);
      },
    );

    it('no grant type is invalid_request where it is required', async () => {
      await expectError('invalid_request', '/strict', GOOD);
      expect((await post('/token', GOOD)).status).toBe(200);
    });

    it.each(['a"b', 'a\\b', 'a\tb', 'é', 'a\0b'])(
      'the scope %j is invalid_scope',
      async (scope) => {
        await expectError('invalid_scope', '/token', `${GOOD}&scope=${encodeURIComponent(scope)}`);
      },
    );

    it.each([
      ['no base64', ['Authorization', 'Basic !!']],
      ['no colon', basic('client')],
      ['bad percent-encoding', basic('client:%')],
      ['a line break', basic('client:a%0Ab')],
      ['no identifier', basic(':secret')],
    ] as [string, Line][])('client credentials with %s are invalid_client', async (_what, line) => {
      await expectError('invalid_client', '/token', GOOD, line);
    });

    it('client credentials in two places, or twice, are invalid_request', async () => {
      await expectError('invalid_request', '/token', `${GOOD}&client_id=c`, basic('a:b'));
      await expectError('invalid_request', '/token', `${GOOD}&client_secret=a`, basic('a:b'));
      await expectError('invalid_request', '/token', GOOD, basic('a:b'), basic('a:b'));
    });

    it.each(['invalid_client', 'invalid_grant'])(
      'what the handler refuses as %s',
      async (error) => {
        fail = error;
        const { status, json, header } = await post('/token', GOOD);
        expect(status).toBe(error === 'invalid_client' ? 401 : 400);
        expect(json).toStrictEqual({ error, error_description: 'No.' });
        expect(header('WWW-Authenticate')).toStrictEqual(
          error === 'invalid_client' ? ['Basic realm="Restricted", charset="UTF-8"'] : [],
        );
      },
    );
  });

  describe('T62 the fields of the password form', () => {
    const read = async (username: string, password: string, rest = '') => {
      const encode = encodeURIComponent;
      await post('/token', `username=${encode(username)}&password=${encode(password)}${rest}`);
      return received.mock.calls[0]?.[0];
    };

    it.each([
      [' john ', ' pw '],
      ['a+b', '+ +'],
      ['a&b=c', '%41%'],
      ['john\0', 'a\0b'],
      ['J\u00F6hn', 'Jo\u0308hn'],
      ['🔒', '\u{1F600}'],
      ['a\r\nb', '\t'],
      ['__proto__', 'constructor'],
      ['[object Object]', '["a"]'],
      ['null', 'undefined'],
      ['a', 'x'.repeat(50_000)],
    ])('are read exactly: %j', async (username, password) => {
      const form = await read(username, password);
      expect([form?.username, form?.password]).toStrictEqual([username, password]);
    });

    it('takes a plus for a space, as forms have it', async () => {
      await post('/token', 'username=a+b&password=c%2Bd');
      expect(received.mock.calls[0]![0]).toMatchObject({ username: 'a b', password: 'c+d' });
    });

    it.each([
      ['', []],
      ['a', ['a']],
      ['a b', ['a', 'b']],
      ['  a   b ', ['a', 'b']],
      ['a a', ['a', 'a']],
      ['items:read openid', ['items:read', 'openid']],
    ])('splits the scope %j', async (scope, scopes) => {
      expect((await read('a', 'b', `&scope=${encodeURIComponent(scope)}`))?.scopes).toStrictEqual(
        scopes,
      );
    });

    it('of 1 MB and more never reach the handler, and so no hash', async () => {
      const { status, json } = await post(
        '/token',
        `username=a&password=${'x'.repeat(1024 * 1024)}`,
      );
      expect([status, json['error']]).toStrictEqual([413, 'invalid_request']);
      expect(received).not.toHaveBeenCalled();
    });
  });

  describe('T68 answers of the token endpoint', () => {
    it('are not to be stored, whether good, bad or worse', async () => {
      expect((await post('/token', GOOD)).status).toBe(200);
      expect((await post('/token', '')).status).toBe(400);
      fail = 'invalid_client';
      expect((await post('/token', GOOD)).status).toBe(401);
      expect((await post('/token', GOOD.repeat(100_000))).status).toBe(413);
    });

    it('are so wherever its filter stands', async () => {
      fail = 'invalid_grant';
      expect((await post('/filtered', GOOD)).json).toStrictEqual({
        error: 'invalid_grant',
        error_description: 'No.',
      });
      fail = 'invalid_client';
      const { status, header } = await post('/filtered', GOOD);
      expect(status).toBe(401);
      expect(header('WWW-Authenticate')).toStrictEqual([
        'Basic realm="Restricted", charset="UTF-8"',
      ]);
    });

    it('are Nest’s where its filter stands and another exception is thrown', async () => {
      fail = 'other';
      const answer = await rawRequest(running.url, { method: 'POST', path: '/filtered' });
      expect([answer.status, answer.header('Cache-Control')]).toStrictEqual([418, []]);
    });
  });
});
