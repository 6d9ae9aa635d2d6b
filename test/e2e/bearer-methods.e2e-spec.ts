import { All, Controller, HttpCode } from '@nestjs/common';
import { AuthModule, Credentials, OAuth2PasswordBearer, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMBIGUOUS, WRONG } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  invalidCredentials,
  notAuthenticated,
  sentTwice,
} from '../support/answer.js';
import type { RawRequest } from '../support/raw-request.js';

const token = new OAuth2PasswordBearer({
  schemeName: 'Token',
  tokenUrl: 'token',
  bearerMethods: ['header', 'query', 'body'],
});

@Controller()
class Routes {
  @All() @HttpCode(200) @Security(token) all(@Credentials() credentials: string) {
    return { credentials };
  }
}

const got = (credentials: string) => accepted({ credentials });
const FORM = 'application/x-www-form-urlencoded';
const form = (body: string, method = 'POST', type = FORM): RawRequest => ({
  method,
  body,
  headers: [['Content-Type', type]],
});
const header: [string, string] = ['Authorization', 'Bearer h'];
const twoPlaces: Answer = {
  status: 400,
  challenges: [AMBIGUOUS],
  body: {
    message: 'The access token was sent in more than one place',
    error: 'Bad Request',
    statusCode: 400,
  },
};
const twice: Answer = {
  ...twoPlaces,
  body: {
    message: 'The parameter access_token was sent more than once',
    error: 'Bad Request',
    statusCode: 400,
  },
};
const missing = notAuthenticated('Bearer');

const rows: [what: string, request: RawRequest, answer: Answer][] = [
  ['nothing', {}, missing],
  ['a header', { headers: [header] }, got('h')],
  ['a query', { path: '/?access_token=q' }, got('q')],
  ['a form', form('access_token=b'), got('b')],
  ['the form of a PUT', form('access_token=b', 'PUT'), got('b')],
  ['the form of a PATCH', form('a=1&access_token=b', 'PATCH'), got('b')],
  ['the form of a GET', form('access_token=b', 'GET'), missing],
  ['JSON', form('{"access_token":"b"}', 'POST', 'application/json'), missing],
  ['header and query', { path: '/?access_token=h', headers: [header] }, twoPlaces],
  ['query and form', { ...form('access_token=b'), path: '/?access_token=q' }, twoPlaces],
  [
    'header and form',
    { ...form('access_token=h'), headers: [header, ['Content-Type', FORM]] },
    twoPlaces,
  ],
  ['two in the query', { path: '/?access_token=a&access_token=b' }, twice],
  ['two in the form', form('access_token=a&access_token=b'), twice],
  ['two headers', { headers: [header, header] }, sentTwice('authorization header', AMBIGUOUS)],
  ['an empty one in the query', { path: '/?access_token=' }, invalidCredentials(WRONG)],
  ['an empty one in the form', form('access_token='), invalidCredentials(WRONG)],
  ['array syntax in the query', { path: '/?access_token[]=a' }, missing],
  ['object syntax in the query', { path: '/?access_token[x]=a' }, missing],
  ['__proto__ in the query', { path: '/?__proto__[access_token]=a' }, missing],
  ['__proto__ in the form', form('__proto__[access_token]=a'), missing],
  ['constructor in the form', form('constructor[prototype][access_token]=a'), missing],
];

describe.each(adapters)('bearer methods on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s', async (_what, request, expected) => {
    expect(await answerTo(running.url, request)).toStrictEqual(expected);
  });

  it.each([
    'access_token[]=a',
    'access_token[0]=a',
    'access_token[x]=a',
    'access_token[]=a&access_token[]=b',
  ])('never accepts the form %s', async (body) => {
    const { status } = await answerTo(running.url, form(body));
    expect([400, 401]).toContain(status);
  });
});
