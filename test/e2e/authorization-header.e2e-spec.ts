import { Controller, Get } from '@nestjs/common';
import {
  AuthModule,
  Credentials,
  HTTPBasic,
  HTTPBearer,
  HTTPScheme,
  OAuth2,
  OAuth2PasswordBearer,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  invalidCredentials,
  notAuthenticated,
  sentTwice,
} from '../support/answer.js';

const bearer = new HTTPBearer({ schemeName: 'Bearer' });
const token = new OAuth2PasswordBearer({ schemeName: 'Token', tokenUrl: 'token' });
const basic = new HTTPBasic({ schemeName: 'Basic' });
const negotiate = new HTTPScheme({ schemeName: 'Negotiate', scheme: 'Negotiate' });
const raw = new OAuth2({
  schemeName: 'Raw',
  flows: { password: { tokenUrl: 'token', scopes: {} } },
});

@Controller()
class Routes {
  @Get('bearer') @Security(bearer) bearer(@Credentials() credentials: object) {
    return { credentials };
  }
  @Get('token') @Security(token) token(@Credentials() credentials: string) {
    return { credentials };
  }
  @Get('basic') @Security(basic) basic(@Credentials() credentials: object) {
    return { credentials };
  }
  @Get('negotiate') @Security(negotiate) negotiate(@Credentials() credentials: object) {
    return { credentials };
  }
  @Get('raw') @Security(raw) raw(@Credentials() credentials: string) {
    return { credentials };
  }
}

const got = (credentials: unknown) => accepted({ credentials });
const BASIC = 'Basic realm="Restricted", charset="UTF-8"';
const WRONG = 'Bearer error="invalid_token"';
const AMBIGUOUS = 'Bearer error="invalid_request"';
const TWICE = 'authorization header';
const john = { username: 'john', password: 'secret' };
const encoded = Buffer.from('john:secret').toString('base64');

/** The route, the lines sent, the answer. */
type Row = [route: string, lines: string[], answer: Answer];

const rows: Row[] = [
  ['bearer', [], notAuthenticated('Bearer')],
  ['bearer', [''], notAuthenticated('Bearer')],
  ['bearer', [' \t '], notAuthenticated('Bearer')],
  ['bearer', ['Bearer a'], got({ scheme: 'Bearer', credentials: 'a' })],
  ['bearer', ['bEARER a'], got({ scheme: 'bEARER', credentials: 'a' })],
  ['bearer', ['Bearer  \t a \t'], got({ scheme: 'Bearer', credentials: 'a' })],
  ['bearer', ['Bearer\ta'], notAuthenticated('Bearer')],
  ['bearer', ['Bearers a'], notAuthenticated('Bearer')],
  ['bearer', [`Basic ${encoded}`], notAuthenticated('Bearer')],
  ['bearer', ['Bearer'], invalidCredentials(WRONG)],
  ['bearer', ['Bearer '], invalidCredentials(WRONG)],
  ['bearer', ['Bearer a b'], invalidCredentials(WRONG)],
  ['bearer', ['Bearer a, Bearer b'], invalidCredentials(WRONG)],
  ['bearer', ['Bearer an"invalid"token'], invalidCredentials(WRONG)],
  ['bearer', ['Bearer caf\xE9'], invalidCredentials(WRONG)],
  ['bearer', ['Bearer a', 'Bearer b'], sentTwice(TWICE, AMBIGUOUS)],
  ['bearer', ['Bearer a', 'Bearer a'], sentTwice(TWICE, AMBIGUOUS)],
  ['bearer', ['Bearer a', `Basic ${encoded}`], sentTwice(TWICE, AMBIGUOUS)],
  ['bearer', [`Basic ${encoded}`, 'Bearer a'], sentTwice(TWICE, AMBIGUOUS)],
  ['bearer', ['', 'Bearer a'], sentTwice(TWICE, AMBIGUOUS)],
  ['bearer', ['Bearer', 'Bearer a'], sentTwice(TWICE, AMBIGUOUS)],
  ['token', [], notAuthenticated('Bearer')],
  ['token', ['bearer a=='], got('a==')],
  ['token', ['Bearer\ta'], notAuthenticated('Bearer')],
  ['token', ['Bearer'], invalidCredentials(WRONG)],
  ['token', ['Bearer a b'], invalidCredentials(WRONG)],
  ['token', ['Bearer a', 'Bearer b'], sentTwice(TWICE, AMBIGUOUS)],
  ['basic', [], notAuthenticated(BASIC)],
  ['basic', [`BASIC   ${encoded} \t`], got(john)],
  ['basic', [`Basic\t${encoded}`], notAuthenticated(BASIC)],
  ['basic', ['Bearer a'], notAuthenticated(BASIC)],
  ['basic', ['Basic'], invalidCredentials(BASIC)],
  ['basic', ['Basic !'], invalidCredentials(BASIC)],
  ['basic', [`Basic ${encoded}`, `Basic ${encoded}`], sentTwice(TWICE, BASIC)],
  ['negotiate', [], notAuthenticated('Negotiate')],
  ['negotiate', ['NEGOTIATE a b'], got({ scheme: 'NEGOTIATE', credentials: 'a b' })],
  ['negotiate', ['Negotiate'], invalidCredentials('Negotiate')],
  ['negotiate', ['Bearer a'], notAuthenticated('Negotiate')],
  ['negotiate', ['Negotiate a', 'Negotiate b'], sentTwice(TWICE, 'Negotiate')],
  ['raw', [], notAuthenticated('Bearer')],
  ['raw', [' \t '], notAuthenticated('Bearer')],
  ['raw', ['Bearer a'], got('Bearer a')],
  ['raw', ['anything at all'], got('anything at all')],
  ['raw', ['Bearer'], got('Bearer')],
  ['raw', ['Bearer a', 'Bearer b'], sentTwice(TWICE, AMBIGUOUS)],
];

describe.each(adapters)('the Authorization header on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [bearer, token, basic, negotiate, raw] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers /%s with %j', async (route, lines, expected) => {
    const headers = lines.map((line): [string, string] => ['Authorization', line]);
    expect(await answerTo(running.url, { path: `/${route}`, headers })).toStrictEqual(expected);
  });

  it.each(['AUTHORIZATION', 'authorization', 'aUTHORIZATION'])('reads it as %s', async (name) => {
    const headers: [string, string][] = [[name, 'Bearer a']];
    expect(await answerTo(running.url, { path: '/token', headers })).toStrictEqual(got('a'));
  });

  it('never takes Proxy-Authorization for it', async () => {
    const headers: [string, string][] = [['Proxy-Authorization', 'Bearer a']];
    expect(await answerTo(running.url, { path: '/token', headers })).toStrictEqual(
      notAuthenticated('Bearer'),
    );
  });

  it.each([
    ['a folded line', 'Bearer a\r\n b'],
    ['a NUL', 'Bearer a\0b'],
    ['a bare line feed', 'Bearer a\nX: b'],
    ['a header of 17 KB', `Bearer ${'a'.repeat(17_000)}`],
  ])('never accepts %s', async (_case, value) => {
    const headers: [string, string][] = [['Authorization', value]];
    const { status, body } = await answerTo(running.url, { path: '/token', headers });
    expect([400, 401, 431]).toContain(status);
    expect(JSON.stringify(body)).not.toContain('credentials"');
  });

  it('never reads a token in the query', async () => {
    const request = { path: '/token?access_token=a', headers: [] };
    expect(await answerTo(running.url, request)).toStrictEqual(notAuthenticated('Bearer'));
  });
});
