import { Controller, Get } from '@nestjs/common';
import {
  AuthModule,
  CurrentUser,
  optional,
  PassportScheme,
  type PassportStrategy,
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
  serverError,
} from '../support/answer.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: unknown): void;
  error(error: unknown): void;
  redirect(url: string): void;
  pass(): void;
}

/** A strategy that does as the key says. */
const scripted = {
  name: 'scripted',
  authenticate(this: Actions, request: { headers: Record<string, string | undefined> }) {
    const actions: Record<string, () => void> = {
      later: () => setImmediate(() => this.success('later')),
      redirect: () => this.redirect('/login'),
      pass: () => this.pass(),
      error: () => this.error(new Error('secret detail')),
      text: () => this.error('secret detail'),
      rejected: () => Promise.reject(new Error('secret detail')),
      status: () => this.fail('Own realm="a"', 403),
      bad: () => this.fail('Own error="bad"', 400),
      challenge: () => this.fail('Own error="wrong"'),
      number: () => this.fail(418),
      broken: () => this.fail('Own\r\nSet-Cookie: a=b'),
      object: () => this.fail({ message: 'secret detail' }),
      nobody: () => this.success(false),
    };
    return (actions[request.headers['x-script'] ?? ''] ?? (() => this.fail('Own realm="a"')))();
  },
} as PassportStrategy;

const script = new PassportScheme<string>({
  schemeName: 'Script',
  strategy: scripted,
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Script' },
});

/** A strategy that needs more than an empty request, and says so later. */
const needy = new PassportScheme<string>({
  schemeName: 'Needy',
  strategy: { authenticate: () => Promise.reject(new Error('secret detail')) },
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Needy' },
});

@Controller()
class Routes {
  @Get('needy') @Security(needy) needy(@CurrentUser() user: string) {
    return { user };
  }
  @Get('script') @Security(script) script(@CurrentUser() user: string) {
    return { user };
  }
  @Get('optional') @Security(optional(script)) optional(@CurrentUser() user: string | null) {
    return { user };
  }
}

const by = (user: unknown) => accepted({ user });
const own = (status: number, message: string, error: string, ...challenges: string[]): Answer => ({
  status,
  challenges,
  body: { message, error, statusCode: status },
});
const withScript = (value: string): [string, string] => ['X-Script', value];

type Row = [path: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  ['/script', [], notAuthenticated('Own realm="a"')],
  ['/script', [withScript('later')], by('later')],
  ['/script', [withScript('redirect')], serverError],
  ['/script', [withScript('pass')], serverError],
  ['/script', [withScript('error')], serverError],
  ['/script', [withScript('text')], serverError],
  ['/script', [withScript('rejected')], serverError],
  ['/script', [withScript('status')], own(403, 'Refused', 'Forbidden', 'Own realm="a"')],
  [
    '/script',
    [withScript('bad')],
    own(400, 'Malformed credentials', 'Bad Request', 'Own error="bad"'),
  ],
  ['/script', [withScript('challenge')], invalidCredentials('Own error="wrong"')],
  ['/script', [withScript('number')], own(418, 'Refused', "I'm a Teapot", 'APIKey')],
  ['/script', [withScript('broken')], invalidCredentials('APIKey')],
  ['/script', [withScript('object')], invalidCredentials('APIKey')],
  ['/script', [withScript('nobody')], invalidCredentials('APIKey')],
  ['/needy', [], notAuthenticated('APIKey')],
  ['/needy', [['X-Needy', 'a']], serverError],
  ['/optional', [], by(null)],
  ['/optional', [withScript('challenge')], invalidCredentials('Own error="wrong"')],
  ['/optional', [withScript('pass')], serverError],
];

describe.each(adapters)('what a strategy does on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [script, needy] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });
});
