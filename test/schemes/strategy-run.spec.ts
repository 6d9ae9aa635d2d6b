import { describe, expect, it } from 'vitest';
import { type PassportStrategy, runStrategy } from '../../lib/schemes/strategy-run.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: unknown): void;
  error(error: unknown): void;
  redirect(url: string): void;
  pass(): void;
}

const strategy = (authenticate: (this: Actions, request: object, options: object) => unknown) =>
  ({ name: 'test', authenticate }) as PassportStrategy;

describe('runStrategy', () => {
  it.each([
    [
      'success',
      strategy(function () {
        this.success('john', { scope: 'me' });
      }),
      { type: 'success', user: 'john', info: { scope: 'me' } },
    ],
    [
      'failure',
      strategy(function () {
        this.fail('Bearer', 400);
      }),
      { type: 'fail', challenge: 'Bearer', status: 400 },
    ],
    [
      'error',
      strategy(function () {
        this.error('broken');
      }),
      { type: 'error', error: 'broken' },
    ],
    [
      'redirection',
      strategy(function () {
        this.redirect('/login');
      }),
      { type: 'redirect' },
    ],
    [
      'pass',
      strategy(function () {
        this.pass();
      }),
      { type: 'pass' },
    ],
  ])('returns a synchronous %s synchronously', (_case, tested, outcome) => {
    expect(runStrategy(tested, {})).toStrictEqual(outcome);
  });

  it('resolves an asynchronous outcome', async () => {
    const tested = strategy(function () {
      queueMicrotask(() => this.success('john'));
    });
    await expect(runStrategy(tested, {})).resolves.toStrictEqual({
      type: 'success',
      user: 'john',
      info: undefined,
    });
  });

  it('counts the first outcome only', () => {
    const tested = strategy(function () {
      this.fail('Bearer');
      this.success('john');
    });
    expect(runStrategy(tested, {})).toMatchObject({ type: 'fail' });
  });

  it('counts the first asynchronous outcome only', async () => {
    const tested = strategy(function () {
      queueMicrotask(() => {
        this.fail('Bearer');
        this.success('john');
      });
    });
    await expect(runStrategy(tested, {})).resolves.toMatchObject({ type: 'fail' });
  });

  it('throws when the strategy throws', () => {
    const tested = strategy(() => {
      throw new Error('broken');
    });
    expect(() => runStrategy(tested, {})).toThrow(new Error('broken'));
  });

  it('rejects when the strategy rejects', async () => {
    const tested = strategy(() => Promise.reject(new Error('broken')));
    await expect(runStrategy(tested, {})).rejects.toThrow(new Error('broken'));
  });

  it('hands over the request and the options', () => {
    const request = {};
    const options = { session: false };
    const tested = strategy(function (...given) {
      this.success(given);
    });
    expect(runStrategy(tested, request, options)).toMatchObject({ user: [request, options] });
  });

  it('leaves the strategy as it was', () => {
    const tested = strategy(function () {
      this.success('john');
    });
    void runStrategy(tested, {});
    expect(Object.keys(tested)).toStrictEqual(['name', 'authenticate']);
  });

  it('keeps two runs of one strategy apart', async () => {
    const ends: ((user: string) => void)[] = [];
    const tested = strategy(function () {
      ends.push((user) => this.success(user));
    });
    const runs = [runStrategy(tested, {}), runStrategy(tested, {})];
    ends[1]!('second');
    ends[0]!('first');
    expect(await Promise.all(runs)).toMatchObject([{ user: 'first' }, { user: 'second' }]);
  });
});
