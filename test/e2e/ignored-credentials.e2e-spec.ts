import { Controller, Get } from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyCookie,
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  HTTPBearer,
  IgnoredCredentialsException,
  optional,
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
} from '../support/answer.js';

function userOf(value: string) {
  if (value === 'stale') throw new IgnoredCredentialsException();
  return value === 'good' ? { user: 'jane' } : null;
}

const session = new APIKeyCookie({ schemeName: 'Session', name: 'sid', validate: userOf });
const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: async ({ credentials }) => userOf(credentials),
});
const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => (value === 'k' ? { user: value } : null),
});

@Controller()
class Routes {
  @Get('session') @Security(session) session(@CurrentUser() user: string) {
    return { user };
  }
  @Get('optional') @Security(optional(session)) optional(@CurrentUser() user: string | null) {
    return { user };
  }
  @Get('token') @Security(token) token(@CurrentUser() user: string) {
    return { user };
  }
  @Get('later') @Security(optional(token)) later(@CurrentUser() user: string | null) {
    return { user };
  }
  @Get('any') @Security(anyOf(session, key)) any(@CurrentUser() user: string) {
    return { user };
  }
  @Get('both') @Security(optional(allOf(session, key))) both(@CurrentUser() user: string | null) {
    return { user };
  }
}

const by = (user: string | null) => accepted({ user });
const cookie = (value: string): [string, string] => ['Cookie', `sid=${value}`];
const bearer = (value: string): [string, string] => ['Authorization', `Bearer ${value}`];
const withKey = (value: string): [string, string] => ['X-API-Key', value];

const rows: [path: string, headers: [string, string][], answer: Answer][] = [
  ['/optional', [cookie('good')], by('jane')],
  ['/optional', [cookie('stale')], by(null)],
  ['/optional', [cookie('bad')], invalidCredentials('APIKey')],
  ['/session', [cookie('stale')], notAuthenticated('APIKey')],
  ['/later', [bearer('stale')], by(null)],
  ['/later', [bearer('bad')], invalidCredentials('Bearer error="invalid_token"')],
  ['/token', [bearer('stale')], notAuthenticated('Bearer')],
  ['/any', [cookie('stale')], notAuthenticated('APIKey', 'APIKey')],
  ['/any', [cookie('stale'), withKey('k')], by('k')],
];

describe.each(adapters)('credentials that count as not sent on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [session, token, key] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    const { challenges, ...answer } = await answerTo(running.url, { path, headers });
    const { challenges: asked, ...rest } = expected;
    expect(answer).toStrictEqual(rest);
    // Whether like challenges are sent once is not what this is about.
    expect(new Set(challenges)).toStrictEqual(new Set(asked));
  });

  it('leave an alternative of several wrong where another part was sent', async () => {
    const request = { path: '/both', headers: [cookie('stale'), withKey('k')] };
    expect(await answerTo(running.url, request)).toMatchObject({ status: 401 });
  });
});
