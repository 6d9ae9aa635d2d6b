import { Controller, Get, Logger } from '@nestjs/common';
import {
  AuthModule,
  CurrentUser,
  optional,
  PassportScheme,
  type PassportStrategy,
  Security,
} from 'nestjs-security';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  invalidCredentials,
  notAuthenticated,
  serverError,
  unavailable,
} from '../support/answer.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: unknown): void;
  error(error: unknown): void;
  redirect(url: string): void;
  pass(): void;
}

const secret = 'what no log may hold';

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
      ok: () => this.fail(200),
      created: () => this.fail('Own realm="a"', 201),
      fraction: () => this.fail(400.5),
      beyond: () => this.fail('Own realm="a"', 999),
      two: () => this.fail('Own realm="a", Basic realm="b"'),
      unquoted: () => this.fail('Own realm=a b'),
      twice: () => this.fail('Own realm="a", realm="b"'),
      open: () => this.fail('Own realm="a'),
      unwritten: () => this.fail('Own  Realm = "a\\b" ,, stale=true,'),
      letters: () => this.fail('Own realm="\u20ac"'),
      token68: () => this.fail('Negotiate YII='),
      nothing: () => this.fail(' '),
      taken: () => {
        this.success('taken back');
        throw new Error('secret detail');
      },
      refused: () => {
        this.fail('Own realm="a"');
        throw new Error('secret detail');
      },
      both: () => {
        this.success('taken back');
        this.fail('Own realm="a"');
      },
      unsure: () => {
        this.fail('Own realm="a"');
        this.success('taken back');
      },
      takenLater: async () => {
        this.success('taken back');
        await Promise.resolve();
        throw new Error('secret detail');
      },
      refusedLater: async () => {
        this.fail('Own realm="a"');
        throw new Error('secret detail');
      },
      unreachable: async () => {
        this.success('taken back');
        throw Object.assign(new Error('secret detail'), { code: 'ECONNREFUSED' });
      },
      late: () => {
        this.success('late');
        setImmediate(() => this.error(new Error('detail', { cause: { secret } })));
        setImmediate(() => this.fail('Own realm="a"'));
      },
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

/** A strategy that answers whoever carries nothing, and then fails. */
const hasty = new PassportScheme<string>({
  schemeName: 'Hasty',
  strategy: {
    async authenticate(this: Actions) {
      this.fail('Hasty realm="a"');
      throw new TypeError('hasty detail', { cause: { secret } });
    },
  } as PassportStrategy,
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Hasty' },
});

@Controller()
class Routes {
  @Get('hasty') @Security(hasty) hasty(@CurrentUser() user: string) {
    return { user };
  }
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
  ['/script', [withScript('ok')], invalidCredentials('APIKey')],
  ['/script', [withScript('created')], invalidCredentials('Own realm="a"')],
  ['/script', [withScript('fraction')], invalidCredentials('APIKey')],
  ['/script', [withScript('beyond')], invalidCredentials('Own realm="a"')],
  ['/script', [withScript('two')], invalidCredentials('APIKey')],
  ['/script', [withScript('unquoted')], invalidCredentials('APIKey')],
  ['/script', [withScript('twice')], invalidCredentials('APIKey')],
  ['/script', [withScript('open')], invalidCredentials('APIKey')],
  ['/script', [withScript('unwritten')], invalidCredentials('Own realm="ab", stale=true')],
  ['/script', [withScript('letters')], invalidCredentials('APIKey')],
  ['/script', [withScript('token68')], invalidCredentials('Negotiate YII=')],
  ['/script', [withScript('nothing')], invalidCredentials('APIKey')],
  ['/script', [withScript('taken')], serverError],
  ['/script', [withScript('refused')], serverError],
  ['/script', [withScript('both')], serverError],
  ['/script', [withScript('unsure')], serverError],
  ['/script', [withScript('takenLater')], serverError],
  ['/script', [withScript('refusedLater')], serverError],
  ['/script', [withScript('unreachable')], unavailable],
  ['/hasty', [], notAuthenticated('Hasty realm="a"')],
  ['/hasty', [['X-Hasty', 'a']], serverError],
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
      imports: [AuthModule.forRoot({ schemes: [script, needy, hasty] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });

  describe('in the log', () => {
    let logged: MockInstance<Logger['error']>;
    beforeEach(() => {
      logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    });
    afterEach(() => void logged.mockRestore());

    it('shows once what failed after the answer, without what it carries', async () => {
      const request = { path: '/script', headers: [withScript('late')] };
      expect(await answerTo(running.url, request)).toStrictEqual(by('late'));
      await vi.waitFor(() => expect(logged).toHaveBeenCalled());
      expect(logged.mock.calls).toStrictEqual([
        ['The strategy failed after it had answered: Error: detail'],
      ]);
    });

    it('shows once what fails without credentials, without what it carries', async () => {
      expect(await answerTo(running.url, { path: '/hasty' })).toMatchObject({ status: 401 });
      await vi.waitFor(() => expect(logged).toHaveBeenCalled());
      expect(logged.mock.calls).toStrictEqual([
        ['The strategy failed after it had answered: TypeError: hasty detail'],
      ]);
    });

    it('shows nothing of a strategy that cannot answer a request without credentials', async () => {
      expect(await answerTo(running.url, { path: '/needy' })).toMatchObject({ status: 401 });
      expect(logged).not.toHaveBeenCalled();
    });
  });
});
