import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  Authorize,
  type Authentication,
  AuthModule,
  CurrentUser,
  HTTPBasic,
  HTTPBearer,
  optional,
  rule,
  Security,
} from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import { SignJWT } from 'jose';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

const SECRET = 'a secret of thirty-two bytes or more';
const issuer = 'https://login.example.com';
const jwt = JwtVerifier.fromSecret(SECRET, { issuer, audience: issuer, cache: false });

const userOf = async (sent: string): Promise<Authentication<string> | null> =>
  sent === 'good' ? { user: 'ada', scopes: ['read'] } : null;

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: ({ credentials }) => userOf(credentials),
});
const key = new APIKeyHeader<string>({ schemeName: 'Key', name: 'X-Key', validate: userOf });
const login = new HTTPBasic<string>({
  schemeName: 'Login',
  validate: ({ password }) => userOf(password),
});
const signed = new HTTPBearer<string>({
  schemeName: 'Signed',
  validate: async ({ credentials }) => ({ user: (await jwt.verify(credentials)).claims.sub! }),
});
@Injectable({ scope: Scope.REQUEST })
class PerRequest extends HTTPBearer<string> {
  override validate = ({ credentials }: { credentials: string }) => userOf(credentials);
}

@Controller()
class RoutesController {
  @Get('token') @Security(token) token(@CurrentUser() user: string) {
    return user;
  }
  @Get('scoped') @Security(token, ['read']) scoped(@CurrentUser() user: string) {
    return user;
  }
  @Get('any') @Security(anyOf(token, key)) any(@CurrentUser() user: string) {
    return user;
  }
  @Get('all') @Security(allOf(token, login)) all() {}
  @Get('optional') @Security(optional(login)) optional(@CurrentUser() user: string | null) {
    return user ?? 'nobody';
  }
  @Get('signed') @Security(signed) signed(@CurrentUser() user: string) {
    return user;
  }
  @Get('made') @Security(PerRequest) made(@CurrentUser() user: string) {
    return user;
  }
  @Get('ruled')
  @Security(token)
  @Authorize(rule<string>('Nobody.', async () => false))
  ruled() {}
}

/** As zone.js and others do: what an `async` function returns is no instance of it. */
class ReplacedPromise<T> extends Promise<T> {}

describe.each(adapters)('where the global Promise was replaced, on $name', (adapter) => {
  const { Promise: native } = globalThis;
  let running: RunningApp;
  let good: string;

  beforeAll(async () => {
    good = await new SignJWT({ sub: 'ada' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key, login, signed, PerRequest] })],
      controllers: [RoutesController],
    });
    globalThis.Promise = ReplacedPromise as PromiseConstructor;
  });
  afterAll(async () => {
    globalThis.Promise = native;
    await running.app.close();
  });

  const bearer = (sent: string): [string, string] => ['Authorization', `Bearer ${sent}`];
  const basic = (password: string): [string, string] => [
    'Authorization',
    `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`,
  ];

  it.each<[string, () => [string, string][], number, string?]>([
    ['token', () => [], 401],
    ['token', () => [bearer('bad')], 401],
    ['token', () => [bearer('good')], 200, 'ada'],
    ['scoped', () => [bearer('bad')], 401],
    ['scoped', () => [bearer('good')], 200, 'ada'],
    ['any', () => [['X-Key', 'bad']], 401],
    ['any', () => [['X-Key', 'good']], 200, 'ada'],
    ['all', () => [bearer('good')], 401],
    ['optional', () => [basic('bad')], 401],
    ['optional', () => [], 200, 'nobody'],
    ['optional', () => [basic('good')], 200, 'ada'],
    ['signed', () => [bearer(`${good.slice(0, -4)}AAAA`)], 401],
    ['signed', () => [bearer(good)], 200, 'ada'],
    ['made', () => [], 401],
    ['made', () => [bearer('bad')], 401],
    ['made', () => [bearer('good')], 200, 'ada'],
    ['ruled', () => [bearer('good')], 403],
  ])('should decide on /%s as anywhere else (%#)', async (path, headers, status, body) => {
    const answer = await rawRequest(running.url, { path: `/${path}`, headers: headers() });
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toBe(body);
  });
});

it('should ask of nothing in lib whether it is an instance of Promise', () => {
  const files = readdirSync('lib', { recursive: true, encoding: 'utf8' });
  const asking = files
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /instanceof\s+Promise\b/.test(code(readFileSync(join('lib', file), 'utf8'))));
  expect(asking).toStrictEqual([]);
});

/** A file without its comments. */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
