import { Controller, Get } from '@nestjs/common';
import {
  APIKeyHeader,
  AuthModule,
  InvalidTokenException,
  PassportScheme,
  Security,
  SecurityScheme,
} from 'nestjs-security';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { serverError } from '../support/answer.js';
import { outcomeOf, routesFor } from './guarded-routes.js';
import { recordLogs, type RecordedLogs } from './recorded-logs.js';

const nobodyWaits = () => Promise.reject(new Error('nobody waits for it')) as never;
const withKey: [string, string][] = [['X-Key', 'key']];

class Accessors {
  get user() {
    return nobodyWaits() as object;
  }
  get scopes() {
    return [];
  }
}
class Entity {
  readonly profile: unknown = nobodyWaits();
}

/** Answers of `validate` with a promise somewhere. */
const answers: Record<string, () => unknown> = {
  'the user': () => ({ user: nobodyWaits() }),
  'an accessor': () => new Accessors(),
  'the scopes': () => ({ user: 'jane', scopes: nobodyWaits() }),
  'a scope': () => ({ user: 'jane', scopes: [nobodyWaits()] }),
  'another member': () => ({ user: 'jane', extra: nobodyWaits() }),
  'within another member': () => ({ user: 'jane', extra: { a: nobodyWaits() } }),
  'the time': () => ({ user: 'jane', expiresAt: nobodyWaits() }),
  'a member of the user': () => ({ user: { profile: nobodyWaits() } }),
  'deep in the user': () => ({ user: { a: [{ b: { c: nobodyWaits() } }] } }),
  'a symbol of the user': () => ({ user: { [Symbol('profile')]: nobodyWaits() } }),
  'a map of the user': () => ({ user: { map: new Map([['profile', nobodyWaits()]]) } }),
  'a set as the user': () => ({ user: new Set([nobodyWaits()]) }),
  'a member of an entity': () => ({ user: new Entity() }),
  'what the user inherits': () => ({ user: Object.create({ profile: nobodyWaits() }) as object }),
  'what is thrown': () => {
    throw nobodyWaits();
  },
  'what is thrown for a cause': () => {
    throw new Error('a', { cause: new Error('b', { cause: nobodyWaits() }) });
  },
  'what is thrown with others': () => {
    throw new AggregateError([nobodyWaits(), new Error('b', { cause: nobodyWaits() })]);
  },
};
let answer: () => unknown;
const now = new APIKeyHeader({
  schemeName: 'Now',
  name: 'X-Key',
  validate: () => answer() as never,
});
const later = new APIKeyHeader({
  schemeName: 'Later',
  name: 'X-Key',
  validate: async () => {
    await Promise.resolve();
    return answer() as never;
  },
});

type Actions = Record<'success' | 'fail' | 'error', (...values: unknown[]) => void>;
let act: (actions: Actions) => void;
const passport = new PassportScheme({
  schemeName: 'Passport',
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Key' },
  strategy: {
    authenticate(this: Actions) {
      act(this);
    },
  },
});

let challenge: () => unknown;
class Challenging extends SecurityScheme {
  describe() {
    return { type: 'http', scheme: 'own' } as const;
  }
  extract() {
    return undefined;
  }
  challenge() {
    return challenge() as string;
  }
}
class Reading extends Challenging {
  override extract() {
    return { part: { token: nobodyWaits() } } as never;
  }
}
const reading = new Reading({ schemeName: 'Reading', validate: () => ({ user: 'jane' }) });
const challenging = new Challenging({ schemeName: 'Challenging', unvalidated: true });

const scoped = new APIKeyHeader({
  schemeName: 'Scoped',
  name: 'X-Key',
  validate: () => ({ user: 'john', scopes: ['user'] }),
});
let match: () => unknown;

@Controller('scoped')
class Scoped {
  @Get() @Security(scoped, ['admin']) find() {
    return 'admins only';
  }
}

describe.each(adapters)('promises that nobody waits for on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;
  let logged: MockInstance;
  const rejections: unknown[] = [];
  const record = (reason: unknown) => void rejections.push(reason);

  beforeAll(async () => {
    process.on('unhandledRejection', record);
    logs = recordLogs();
    logged = vi.spyOn(logs.logger, 'error');
    const schemes = [now, later, passport, challenging, reading, scoped];
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes, scopeMatcher: () => match() as boolean })],
        controllers: [routesFor({ now, later, passport, challenging, reading }), Scoped],
      },
      (app) => app.useLogger(logs.logger),
    );
  });
  afterAll(async () => {
    await running.app.close();
    logs.restore();
    process.off('unhandledRejection', record);
  });
  beforeEach(() => {
    logs.clear();
    logged.mockClear();
    rejections.length = 0;
  });

  const expectFailure = async (path: string, name: string) => {
    const outcome = await outcomeOf(running.url, { path, headers: withKey });
    expect(outcome).toStrictEqual({ ...serverError, ran: false });
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
    expect(logged).toHaveBeenCalledTimes(1);
    expect(logs.text('error')).toContain(`${name} failed`);
  };

  describe.each(['now', 'later'])(
    'a promise within an answer of validate is an error of the request: %s',
    (path) => {
      const cases = Object.keys(answers).filter(
        (name) => path === 'now' || !name.startsWith('what'),
      );
      it.each(cases)('%s', async (name) => {
        answer = answers[name]!;
        await expectFailure(`/${path}`, path === 'now' ? 'Now' : 'Later');
      });
    },
  );

  it('are an error of the request where extract returns one', async () => {
    await expectFailure('/reading', 'Reading');
  });

  it('are no end of the process where a strategy is shown a request that carries nothing', async () => {
    for (const reason of [nobodyWaits, () => new Error('a', { cause: nobodyWaits() })]) {
      act = ({ error }) => error(reason());
      const { status } = await outcomeOf(running.url, { path: '/passport' });
      expect(status).toBe(401);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
  });

  it.each(['now', 'later'])(
    'are no end of the process as causes of a refusal: %s',
    async (path) => {
      answer = () => {
        throw new InvalidTokenException(undefined, { cause: nobodyWaits() });
      };
      const { status } = await outcomeOf(running.url, { path: `/${path}`, headers: withKey });
      expect(status).toBe(401);
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toStrictEqual([]);
    },
  );

  it.each<[string, (actions: Actions) => void]>([
    ['the user', ({ success }) => success(nobodyWaits())],
    ['within the user', ({ success }) => success({ profile: nobodyWaits() })],
    ['the scope', ({ success }) => success({ id: 1 }, { scope: nobodyWaits() })],
    ['a scope', ({ success }) => success({ id: 1 }, { scope: ['a', nobodyWaits()] })],
    ['the error', ({ error }) => error(nobodyWaits())],
    ['a cause', ({ error }) => error(new Error('a', { cause: nobodyWaits() }))],
  ])('are an error of the request where a strategy answers with one: %s', async (_case, what) => {
    act = what;
    await expectFailure('/passport', 'Passport');
  });

  it.each<[string, (actions: Actions) => void]>([
    ['the challenge', ({ fail }) => fail(nobodyWaits())],
    ['the status', ({ fail }) => fail('Own', nobodyWaits())],
  ])('are no challenge of a strategy: %s', async (_case, what) => {
    act = what;
    const { status, challenges } = await outcomeOf(running.url, {
      path: '/passport',
      headers: withKey,
    });
    expect([status, challenges.length]).toStrictEqual([401, 1]);
    expect(challenges[0]).not.toContain('object');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toStrictEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['a promise', nobodyWaits],
    ['a promise of one', () => Promise.resolve('Own')],
    ['nothing', () => undefined],
    ['a list', () => ['Own']],
    ['what a header cannot carry', () => 'Own realm="a\r\nSet-Cookie: b"'],
  ])('are no challenge of a scheme: %s', async (_case, answered) => {
    challenge = answered;
    await expectFailure('/challenging', 'Challenging');
  });

  it.each(['', ' '])('is no header of an answer where a challenge is empty: "%s"', async (text) => {
    challenge = () => text;
    const { status, challenges } = await outcomeOf(running.url, { path: '/challenging' });
    expect([status, challenges]).toStrictEqual([401, []]);
  });

  it.each<[string, () => unknown]>([
    ['is asynchronous', nobodyWaits],
    ['answers later', () => Promise.resolve(true)],
    [
      'throws',
      () => {
        throw new Error('no such scope');
      },
    ],
  ])('are an error of the request where scopeMatcher %s', async (_case, matched) => {
    match = matched;
    await expectFailure('/scoped', 'AuthModule');
  });

  it('as is an answer of scopeMatcher that is neither true nor false', async () => {
    match = () => /^user/.exec('user');
    await expectFailure('/scoped', 'AuthModule');
    expect(logs.text('error')).toContain('scopeMatcher must answer true or false, not object');
  });
});
