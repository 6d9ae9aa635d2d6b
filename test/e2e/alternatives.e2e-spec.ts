import { Controller, Get } from '@nestjs/common';
import {
  allOf,
  anonymous,
  anyOf,
  AuthModule,
  CurrentUser,
  optional,
  type Requirement,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AMBIGUOUS,
  basic,
  BASIC,
  key,
  slowKey,
  token,
  withBasic,
  withKey,
  withSlowKey,
  withToken,
  WRONG,
} from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  invalidCredentials,
  notAuthenticated,
  sentTwice,
} from '../support/answer.js';

const Secured = (requirement: Requirement) => Security(requirement);

@Controller()
class Routes {
  @Get('any') @Secured(anyOf(token, key, basic)) any(@CurrentUser() user: string) {
    return { user };
  }
  @Get('reverse') @Secured(anyOf(key, token)) reverse(@CurrentUser() user: string) {
    return { user };
  }
  @Get('slow') @Secured(anyOf(slowKey, token)) slow(@CurrentUser() user: string) {
    return { user };
  }
  @Get('all') @Secured(allOf(key, token)) all(@CurrentUser() user: string) {
    return { user };
  }
  @Get('slow-all') @Secured(allOf(slowKey, key)) slowAll(@CurrentUser() user: string) {
    return { user };
  }
  @Get('mixed') @Secured(anyOf(allOf(key, token), slowKey)) mixed(@CurrentUser() user: string) {
    return { user };
  }
  @Get('optional') @Secured(optional(token)) optional(@CurrentUser() user: string | null) {
    return { user };
  }
  @Get('first') @Secured(anyOf(anonymous, token)) first(@CurrentUser() user: string | null) {
    return { user };
  }
  @Get('optional-all') @Secured(optional(allOf(key, token))) optionalAll(
    @CurrentUser() user: string | null,
  ) {
    return { user };
  }
  @Get('optional-any') @Secured(optional(anyOf(key, token))) optionalAny(
    @CurrentUser() user: string | null,
  ) {
    return { user };
  }
  @Get('optional-basic') @Secured(optional(basic)) optionalBasic(
    @CurrentUser() user: string | null,
  ) {
    return { user };
  }
}

const by = (user: string | null) => accepted({ user });
const TWICE = 'authorization header';
const badBase64: [string, string] = ['Authorization', 'Basic !'];

type Row = [what: string, route: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  // Tried in declared order; the first that holds is the authentication.
  ['the first alternative', 'any', [withToken('john')], by('john')],
  ['the second alternative', 'any', [withKey('jane')], by('jane')],
  ['the third alternative', 'any', [withBasic('joe')], by('joe')],
  ['the first of two that hold', 'any', [withKey('jane'), withToken('john')], by('john')],
  ['the order declared', 'reverse', [withKey('jane'), withToken('john')], by('jane')],
  ['a slow alternative before', 'slow', [withToken('john'), withSlowKey('ann')], by('ann')],
  ['nothing', 'any', [], notAuthenticated('Bearer', 'APIKey', BASIC)],
  ['nothing, in the order declared', 'reverse', [], notAuthenticated('APIKey', 'Bearer')],
  // Present but wrong lets the next try.
  ['a wrong first', 'any', [withToken('bad'), withKey('jane')], by('jane')],
  ['a wrong slow first', 'slow', [withSlowKey('bad'), withToken('john')], by('john')],
  ['a malformed first', 'any', [withToken('a b'), withKey('jane')], by('jane')],
  [
    'an ambiguous first',
    'any',
    [withToken('john'), withToken('john'), withKey('jane')],
    by('jane'),
  ],
  ['a wrong second', 'any', [withToken('john'), withKey('bad')], by('john')],
  ['one wrong', 'any', [withToken('bad')], invalidCredentials(WRONG, 'APIKey', BASIC)],
  ['another wrong', 'any', [withKey('bad')], invalidCredentials('Bearer', 'APIKey', BASIC)],
  ['one malformed', 'any', [badBase64], invalidCredentials('Bearer', 'APIKey', BASIC)],
  [
    'both wrong',
    'reverse',
    [withToken('bad'), withKey('bad')],
    invalidCredentials('APIKey', WRONG),
  ],
  // 400 wins over 401 when no alternative succeeds.
  [
    'an ambiguous after a wrong',
    'reverse',
    [withKey('bad'), withToken('john'), withToken('john')],
    sentTwice(TWICE, 'APIKey', AMBIGUOUS),
  ],
  [
    'an ambiguous before a wrong',
    'any',
    [withToken('john'), withToken('john'), withKey('bad')],
    sentTwice(TWICE, AMBIGUOUS, 'APIKey', BASIC),
  ],
  [
    'an ambiguous key beside a wrong token',
    'any',
    [withToken('bad'), withKey('a'), withKey('b')],
    sentTwice('x-api-key header', WRONG, 'APIKey', BASIC),
  ],
  // All of a combination, or nothing.
  ['both', 'all', [withToken('john'), withKey('jane')], by('jane')],
  ['both, one slow', 'slow-all', [withSlowKey('ann'), withKey('jane')], by('ann')],
  ['neither', 'all', [], notAuthenticated('APIKey', 'Bearer')],
  ['one of both', 'all', [withKey('jane')], notAuthenticated('APIKey', 'Bearer')],
  ['the other of both', 'all', [withToken('john')], notAuthenticated('APIKey', 'Bearer')],
  [
    'one wrong of both',
    'all',
    [withKey('bad'), withToken('john')],
    invalidCredentials('APIKey', 'Bearer'),
  ],
  [
    'the other wrong',
    'all',
    [withKey('jane'), withToken('bad')],
    invalidCredentials('APIKey', WRONG),
  ],
  [
    'one malformed of both',
    'all',
    [withKey('jane'), withToken('')],
    invalidCredentials('APIKey', WRONG),
  ],
  [
    'a slow wrong of both',
    'slow-all',
    [withSlowKey('bad'), withKey('jane')],
    invalidCredentials('APIKey'),
  ],
  [
    'a wrong after a slow good',
    'slow-all',
    [withSlowKey('ann'), withKey('bad')],
    invalidCredentials('APIKey'),
  ],
  ['one wrong, the other absent', 'all', [withToken('')], invalidCredentials('APIKey', WRONG)],
  ['a part, then another alternative', 'mixed', [withKey('jane'), withSlowKey('ann')], by('ann')],
  ['a part alone', 'mixed', [withKey('jane')], notAuthenticated('APIKey', 'Bearer')],
  // Optional: nothing is anonymous, something wrong never is.
  ['nothing', 'optional', [], by(null)],
  ['an empty header', 'optional', [['Authorization', '']], by(null)],
  ['another scheme', 'optional', [withBasic('joe')], by(null)],
  ['a good token', 'optional', [withToken('john')], by('john')],
  ['a bad token', 'optional', [withToken('bad')], invalidCredentials(WRONG)],
  ['a malformed token', 'optional', [withToken('')], invalidCredentials(WRONG)],
  ['two tokens', 'optional', [withToken('john'), withToken('john')], sentTwice(TWICE, AMBIGUOUS)],
  ['nothing', 'first', [], by(null)],
  ['a good token', 'first', [withToken('john')], by('john')],
  ['a bad token', 'first', [withToken('bad')], invalidCredentials(WRONG)],
  ['nothing', 'optional-all', [], by(null)],
  ['a part', 'optional-all', [withKey('jane')], notAuthenticated('APIKey', 'Bearer')],
  ['the other part', 'optional-all', [withToken('john')], notAuthenticated('APIKey', 'Bearer')],
  ['both', 'optional-all', [withKey('jane'), withToken('john')], by('jane')],
  [
    'one wrong',
    'optional-all',
    [withKey('bad'), withToken('john')],
    invalidCredentials('APIKey', 'Bearer'),
  ],
  ['a bad and a good', 'optional-any', [withKey('bad'), withToken('john')], by('john')],
  [
    'two bad',
    'optional-any',
    [withKey('bad'), withToken('bad')],
    invalidCredentials('APIKey', WRONG),
  ],
  ['malformed Basic', 'optional-basic', [badBase64], invalidCredentials(BASIC)],
  ['nothing', 'optional-basic', [], by(null)],
];

describe.each(adapters)('alternatives on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key, slowKey, basic] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s to /%s', async (_what, route, headers, expected) => {
    expect(await answerTo(running.url, { path: `/${route}`, headers })).toStrictEqual(expected);
  });
});
