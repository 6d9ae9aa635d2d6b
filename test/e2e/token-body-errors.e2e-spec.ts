import { createGunzip, gzipSync } from 'node:zlib';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type INestApplication,
  Post,
  VersioningType,
} from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { OAuth2PasswordRequestForm, PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { nestMajor } from '../support/nest-major.js';
import { answer, FORM, invalidRequest, sent, wrongContentType } from '../token-endpoint/answers.js';

@Controller()
class Tokens {
  @TokenEndpoint(['token', 'oauth/token', ':tenant/oauth/token'])
  token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { user: form.username };
  }

  @Post('other')
  other(@Body() body: unknown): object {
    return { body };
  }

  @Get('token')
  explain(): object {
    return {};
  }
}

/** It reads its body itself, if at all. */
@Controller()
class Formless {
  @TokenEndpoint('formless')
  token(): object {
    return { user: 'anybody' };
  }
}

@Controller({ path: 'versioned', version: '2' })
class Versioned {
  @TokenEndpoint('token')
  token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { user: form.username };
  }
}

@Catch()
class CatchAll implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse().status(418).send('caught');
  }
}

const CANARY = 'canary-5a1e';
const VALID = `username=john&password=${CANARY}`;
const malformed = invalidRequest('Malformed form');
const charset = invalidRequest('Expected the charset UTF-8');
const encoding = invalidRequest('Unsupported content encoding');
const tooLarge = sent(413, {
  error: 'invalid_request',
  error_description: 'The body is too large',
});
const accepted = sent(200, { user: 'john' });

type Expected = object | { Express: object; Fastify: object };
const on = (adapter: string, expected: Expected): object =>
  (expected as Record<string, object>)[adapter] ?? expected;

async function post(url: string, body: string | Buffer, headers: Record<string, string>) {
  const init = { method: 'POST', body: body as string, headers };
  return answer(await fetch(url, init));
}

const bodies: [string, Record<string, string>, string | Buffer, Expected][] = [
  ['malformed JSON', { 'Content-Type': 'application/json' }, `{"${CANARY}`, wrongContentType],
  ['an empty JSON', { 'Content-Type': 'application/json' }, '', wrongContentType],
  ['an unknown encoding', { 'Content-Type': FORM, 'Content-Encoding': 'x-none' }, VALID, encoding],
  [
    'a form that is not encoded as it says',
    { 'Content-Type': FORM, 'Content-Encoding': 'gzip' },
    VALID,
    { Express: malformed, Fastify: encoding },
  ],
  [
    'a compressed form, which Express decodes',
    { 'Content-Type': FORM, 'Content-Encoding': 'gzip' },
    gzipSync(VALID),
    { Express: accepted, Fastify: encoding },
  ],
  [
    'a compressed form that is cut short',
    { 'Content-Type': FORM, 'Content-Encoding': 'gzip' },
    gzipSync(VALID).subarray(0, 30),
    { Express: malformed, Fastify: encoding },
  ],
  [
    'a form that is not encoded, and says so',
    { 'Content-Type': FORM, 'Content-Encoding': 'Identity' },
    VALID,
    accepted,
  ],
  ...['%ZZ', '%', 'a%4', '%C3%28', '%ff', '%ED%A0%80'].map(
    (value): [string, Record<string, string>, string, Expected] => [
      `a value that cannot be decoded, ${value}`,
      { 'Content-Type': FORM },
      `${VALID}&scope=${value}`,
      malformed,
    ],
  ),
  ...['caf\xe9', '\xff', '\xc3(', '\xed\xa0\x80', 'caf\xe9%C3%A9'].map(
    (value): [string, Record<string, string>, Buffer, Expected] => [
      `bytes that are no UTF-8, ${encodeURIComponent(value)}`,
      { 'Content-Type': FORM },
      Buffer.from(`${VALID}&scope=${value}`, 'latin1'),
      malformed,
    ],
  ),
  [
    'UTF-8 that is not percent-encoded',
    { 'Content-Type': FORM },
    `username=john&password=café�`,
    accepted,
  ],
  ['a name that cannot be decoded', { 'Content-Type': FORM }, `${VALID}&%C3=a`, malformed],
  [
    'what looks wrongly encoded once it is decoded',
    { 'Content-Type': FORM },
    'username=john&password=%25ZZ+%25%C3%B6',
    accepted,
  ],
  ['two megabytes', { 'Content-Type': FORM }, `${VALID}${'x'.repeat(2_000_000)}`, tooLarge],
  [
    'two thousand fields, which Express counts',
    { 'Content-Type': FORM },
    `${VALID}${'&a=b'.repeat(2_000)}`,
    { Express: tooLarge, Fastify: accepted },
  ],
  [
    'a forbidden key, which Fastify has',
    { 'Content-Type': FORM },
    `${VALID}&__proto__=x`,
    { Express: accepted, Fastify: nestMajor > 11 ? malformed : accepted },
  ],
  ...['iso-8859-1', 'ISO-8859-1', '"iso-8859-1"', 'us-ascii', 'utf-16', 'utf8', 'utf-7', ''].map(
    (name): [string, Record<string, string>, string, Expected] => [
      `the charset ${name}`,
      { 'Content-Type': `${FORM}; charset=${name}` },
      VALID,
      charset,
    ],
  ),
  [
    'a second charset',
    { 'Content-Type': `${FORM}; charset=utf-8; charset=iso-8859-1` },
    VALID,
    charset,
  ],
  [
    'a charset behind another parameter',
    { 'Content-Type': `${FORM};a=b;CharSet=iso-8859-1` },
    VALID,
    charset,
  ],
  ...[' = iso-8859-1', '\t= "ISO-8859-1"', '= iso-8859-1 ; a=b', ' =utf-8;charset = latin1'].map(
    (parameter): [string, Record<string, string>, string, Expected] => [
      `a charset with blanks:${parameter}`,
      { 'Content-Type': `${FORM}; charset${parameter}` },
      VALID,
      charset,
    ],
  ),
  [
    'the charset UTF-8, with blanks',
    { 'Content-Type': `${FORM}; charset = "utf-8"` },
    VALID,
    accepted,
  ],
  ['the charset UTF-8', { 'Content-Type': `${FORM};CHARSET="UTF-8" ; a=b` }, VALID, accepted],
];

type Configure = (app: INestApplication) => unknown;
const places: [string, Configure, path: string, headers?: Record<string, string>][] = [
  ['as it is', () => undefined, 'token'],
  ['at another of its paths', () => undefined, 'oauth/token'],
  ['at a path with a parameter', () => undefined, 'acme/oauth/token'],
  ['with a slash behind', (app) => app, 'token/'],
  ['under a prefix', (app) => app.setGlobalPrefix('api'), 'api/token'],
  [
    'of a version in the URL',
    (app) => app.enableVersioning({ type: VersioningType.URI }),
    'v2/versioned/token',
  ],
  [
    'of a version in a header',
    (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    'versioned/token',
    { v: '2' },
  ],
  ['beside a filter that catches all', (app) => app.useGlobalFilters(new CatchAll()), 'token'],
];

describe.each(adapters)('A token endpoint on $name', (adapter) => {
  describe.each(places)('%s', (_place, configure, path, more = {}) => {
    let running: RunningApp;
    beforeAll(async () => {
      running = await createApp(
        adapter,
        { imports: [AuthModule.forRoot({ schemes: [] })], controllers: [Tokens, Versioned] },
        configure,
      );
    });
    afterAll(() => running.app.close());

    // Fastify tells a path with a slash behind from one without.
    const isServed = adapter.name === 'Express' || !path.endsWith('/');
    it.runIf(isServed).each(bodies)(
      'answers %s by RFC 6749',
      async (_what, headers, body, expected) => {
        const received = await post(`${running.url}/${path}`, body, { ...headers, ...more });
        expect(received).toEqual(on(adapter.name, expected));
        expect(JSON.stringify(received)).not.toContain(CANARY);
      },
    );
  });

  it.each<[string, Record<string, string>, string, object]>([
    ['a form', { 'Content-Type': FORM }, VALID, sent(200, { user: 'anybody' })],
    ['another charset', { 'Content-Type': `${FORM}; charset=iso-8859-1` }, VALID, charset],
    ['JSON', { 'Content-Type': 'application/json' }, '{}', wrongContentType],
    ['text', { 'Content-Type': 'text/plain' }, VALID, wrongContentType],
  ])(
    'takes a form only, where its handler reads none: %s',
    async (_case, headers, body, expected) => {
      const { app, url } = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [] })],
        controllers: [Formless],
      });
      try {
        expect(await post(`${url}/formless`, body, headers)).toEqual(expected);
      } finally {
        await app.close();
      }
    },
  );

  it('leaves the bodies of other routes to Nest', async () => {
    const { app, url } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [] })],
      controllers: [Tokens],
    });
    const json = { 'Content-Type': 'application/json' };
    try {
      expect(await post(`${url}/other`, '{bad', json)).toMatchObject({
        status: 400,
        cacheControl: null,
        body: { statusCode: 400 },
      });
      expect(await post(`${url}/nothing`, '{bad', json)).toMatchObject({ cacheControl: null });
      expect(await post(`${url}/token/x`, '{bad', json)).toMatchObject({ cacheControl: null });
      const put = await fetch(`${url}/token`, { method: 'PUT', body: '{bad', headers: json });
      expect(put.headers.get('cache-control')).toBeNull();
    } finally {
      await app.close();
    }
  });

  it('leaves the errors of the application’s own middleware to it', async () => {
    const { app, url } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [] })], controllers: [Tokens] },
      (app) => {
        if (adapter.name === 'Express') {
          // As csurf and the like do.
          app.use((_request: unknown, _response: unknown, next: (error: Error) => void) =>
            next(Object.assign(new Error('slow down'), { status: 429, statusCode: 429 })),
          );
        } else {
          app
            .getHttpAdapter()
            .getInstance()
            .addHook('onRequest', async () => {
              throw new HttpException('Slow down', 429);
            });
        }
      },
    );
    try {
      expect(await post(`${url}/token`, VALID, { 'Content-Type': FORM })).toMatchObject({
        // Nest knows no status of an error that is no HttpException.
        status: adapter.name === 'Express' && nestMajor > 11 ? 500 : 429,
        cacheControl: null,
      });
    } finally {
      await app.close();
    }
  });
});

describe('A token endpoint on Fastify', () => {
  it('reads what a hook of the application has decoded', async () => {
    const { app, url } = await createApp(
      adapters.find(({ name }) => name === 'Fastify')!,
      { imports: [AuthModule.forRoot({ schemes: [] })], controllers: [Tokens] },
      (app) =>
        app
          .getHttpAdapter()
          .getInstance()
          .addHook(
            'preParsing',
            async (
              { headers }: { headers: Record<string, string> },
              _reply: unknown,
              payload: NodeJS.ReadableStream,
            ) => {
              const receivedEncodedLength = Number(headers['content-length']);
              return Object.assign(payload.pipe(createGunzip()), { receivedEncodedLength });
            },
          ),
    );
    try {
      const headers = { 'Content-Type': FORM, 'Content-Encoding': 'gzip' };
      expect(await post(`${url}/token`, gzipSync(VALID), headers)).toMatchObject({
        status: 200,
        body: { user: 'john' },
      });
    } finally {
      await app.close();
    }
  });
});
