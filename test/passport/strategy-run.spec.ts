import { describe, expect, it, vi } from 'vitest';
import { type PassportStrategy, StrategyRun } from '../../lib/passport/strategy-run.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: unknown): void;
  error(error: unknown): void;
  redirect(url: string): void;
  pass(): void;
}

type Authenticate = (this: Actions, request: object, options: object) => unknown;

const strategy = (authenticate: Authenticate) =>
  ({ name: 'test', authenticate }) as PassportStrategy;

const unexpected = (error: unknown) => {
  throw new Error('Nothing comes late here', { cause: error });
};

const run = (tested: PassportStrategy, request: object = {}, options: object = {}) =>
  new StrategyRun(tested, request, options, unexpected);

const outcomeOf = (authenticate: Authenticate) => run(strategy(authenticate)).outcome;

const broken = new Error('broken');
const failed = { type: 'error', error: broken };
const answeredTwice = (message: string) => ({ type: 'error', error: new TypeError(message) });

/** A strategy's ways to end, each with what is expected of it. */
const ends: [string, Authenticate, object][] = [
  [
    'success',
    function () {
      this.success('john', { scope: 'me' });
    },
    { type: 'success', user: 'john', info: { scope: 'me' } },
  ],
  [
    'failure',
    function () {
      this.fail('Bearer', 400);
    },
    { type: 'fail', challenge: 'Bearer', status: 400 },
  ],
  [
    'error',
    function () {
      this.error('broken');
    },
    { type: 'error', error: 'broken' },
  ],
  [
    'redirection',
    function () {
      this.redirect('/login');
    },
    { type: 'redirect' },
  ],
  [
    'pass',
    function () {
      this.pass();
    },
    { type: 'pass' },
  ],
  [
    'throw',
    () => {
      throw broken;
    },
    failed,
  ],
];

/** Answers that are taken back before they were used. */
const takenBack: [string, Authenticate, object][] = [
  [
    'success and a throw',
    function () {
      this.success('john');
      throw broken;
    },
    failed,
  ],
  [
    'failure and a throw',
    function () {
      this.fail('Bearer');
      throw broken;
    },
    failed,
  ],
  [
    'success and an error, as libraries report what their callback throws',
    function () {
      this.success('john');
      this.error(broken);
    },
    failed,
  ],
  [
    'error and a throw',
    function () {
      this.error(broken);
      throw new Error('later');
    },
    failed,
  ],
  [
    'failure and a success',
    function () {
      this.fail('Bearer');
      this.success('john');
    },
    answeredTwice('The strategy called success() after fail()'),
  ],
  [
    'success and a failure',
    function () {
      this.success('john');
      this.fail('Bearer');
    },
    answeredTwice('The strategy called fail() after success()'),
  ],
  [
    'success and a success',
    function () {
      this.success('john');
      this.success('jane');
    },
    answeredTwice('The strategy called success() after success()'),
  ],
];

describe('A run of a strategy', () => {
  it.each([...ends, ...takenBack])(
    'ends synchronously with a synchronous %s',
    (_, how, outcome) => {
      expect(outcomeOf(how)).toStrictEqual(outcome);
    },
  );

  it.each([...ends.slice(0, 5), takenBack[2]!, ...takenBack.slice(4)])(
    'ends with a %s that comes later',
    async (_, how, outcome) => {
      const later: Authenticate = function (...given) {
        queueMicrotask(() => how.apply(this, given));
      };
      expect(await outcomeOf(later)).toStrictEqual(outcome);
    },
  );

  it.each([...ends, ...takenBack])(
    'ends with a %s of an asynchronous strategy',
    async (_, how, outcome) => {
      const asynchronous: Authenticate = async function (...given) {
        await Promise.resolve();
        how.apply(this, given);
      };
      expect(await outcomeOf(asynchronous)).toStrictEqual(outcome);
    },
  );

  it.each([...ends, ...takenBack])(
    'ends with a %s before an asynchronous strategy first waits',
    async (_, how, outcome) => {
      const asynchronous: Authenticate = async function (...given) {
        how.apply(this, given);
      };
      expect(await outcomeOf(asynchronous)).toStrictEqual(outcome);
    },
  );

  it('is no success while what it returned may still fail', async () => {
    const { immediate, outcome } = run(
      strategy(async function () {
        this.success('john');
        await Promise.resolve();
        throw broken;
      }),
    );
    expect(immediate).toMatchObject({ type: 'success' });
    expect(await outcome).toStrictEqual(failed);
  });

  it('waits for the answer of a strategy whose promise settled without one', async () => {
    const tested: Authenticate = async function () {
      setImmediate(() => this.success('john'));
    };
    expect(await outcomeOf(tested)).toMatchObject({ type: 'success', user: 'john' });
  });

  it('takes any thenable for a promise', async () => {
    const tested: Authenticate = function () {
      this.success('john');
      const then = (_resolve: unknown, reject: (error: unknown) => void) => reject(broken);
      return new Proxy({}, { get: (_, name) => (name === 'then' ? then : undefined) });
    };
    expect(await outcomeOf(tested)).toStrictEqual(failed);
  });

  it('tells once what comes after its answer was used, and keeps the answer', async () => {
    const late = vi.fn();
    const actions: Actions[] = [];
    const { outcome } = new StrategyRun(
      strategy(function () {
        actions.push(this);
        this.fail('Bearer');
      }),
      {},
      {},
      late,
    );
    actions[0]!.error(broken);
    actions[0]!.success('john');
    expect(outcome).toMatchObject({ type: 'fail' });
    expect(late.mock.calls).toStrictEqual([[broken]]);
  });

  it('hands over the request and the options', () => {
    const request = {};
    const options = { session: false };
    const tested = strategy(function (...given) {
      this.success(given);
    });
    expect(run(tested, request, options).outcome).toMatchObject({ user: [request, options] });
  });

  it('leaves the strategy as it was', () => {
    const tested = strategy(function () {
      this.success('john');
    });
    run(tested);
    expect(Object.keys(tested)).toStrictEqual(['name', 'authenticate']);
  });

  it('keeps two runs of one strategy apart', async () => {
    const answers: ((user: string) => void)[] = [];
    const tested = strategy(function () {
      answers.push((user) => this.success(user));
    });
    const runs = [run(tested).outcome, run(tested).outcome];
    answers[1]!('second');
    answers[0]!('first');
    expect(await Promise.all(runs)).toMatchObject([{ user: 'first' }, { user: 'second' }]);
  });
});
