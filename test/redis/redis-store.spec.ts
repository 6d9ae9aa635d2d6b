import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedisClient } from '../../lib/redis/redis-store.js';
import { RedisStore, type RedisStoreOptions } from '../../lib/redis/redis-store.js';
import { StoreUnavailableError } from '../../lib/stores/store.js';

function storeReplying(reply: unknown, options: Partial<RedisStoreOptions> = {}) {
  const sendCommand = vi.fn<RedisClient['sendCommand']>(async () => reply);
  return { store: new RedisStore({ client: { sendCommand }, ...options }), sendCommand };
}

describe('RedisStore', () => {
  it.each([undefined, null, {}])('refuses %j for a client', (client) => {
    const make = () => new RedisStore({ client: client as unknown as RedisClient });
    expect(make).toThrow(TypeError);
    expect(make).toThrow('RedisStore: client must have sendCommand');
  });

  it('adds a key with one atomic command', async () => {
    const { store, sendCommand } = storeReplying('OK');
    expect(await store.addIfAbsent('a', 60)).toBe(true);
    expect(sendCommand.mock.calls.map(([args]) => args)).toEqual([
      ['SET', 'nestjs-security:a', '', 'NX', 'PX', '60000'],
    ]);
  });

  it('knows a key that is there', async () => {
    const { store } = storeReplying(null);
    expect(await store.addIfAbsent('a', 60)).toBe(false);
  });

  it('gets, sets and deletes under its prefix', async () => {
    const sent: (readonly string[])[] = [];
    const replies = ['OK', 'one', null, 1];
    const client: RedisClient = {
      sendCommand: async (args) => {
        sent.push(args);
        return replies.shift();
      },
    };
    const store = new RedisStore({ client, prefix: 'app:' });
    await store.set('a', 'one', 0.0015);
    expect(await store.get('a')).toBe('one');
    expect(await store.get('b')).toBeUndefined();
    await store.delete('a');
    expect(sent).toEqual([
      ['SET', 'app:a', 'one', 'PX', '2'],
      ['GET', 'app:a'],
      ['GET', 'app:b'],
      ['DEL', 'app:a'],
    ]);
  });

  it.each([undefined, true, 'QUEUED', 1, [], 'ok'])(
    'does not take the reply %j for an answer',
    async (reply) => {
      const { store } = storeReplying(reply);
      await expect(store.addIfAbsent('a', 60)).rejects.toThrow(StoreUnavailableError);
      await expect(store.set('a', 'one', 60)).rejects.toThrow(StoreUnavailableError);
    },
  );

  it.each([undefined, 1, Buffer.from('one')])('does not take %j for a value', async (reply) => {
    const { store } = storeReplying(reply);
    await expect(store.get('a')).rejects.toThrow(StoreUnavailableError);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('OOM command not allowed'))],
    [
      'throws',
      () => {
        throw new Error('OOM command not allowed');
      },
    ],
  ])('rejects with the cause when the client %s', async (_how, sendCommand) => {
    const store = new RedisStore({ client: { sendCommand } });
    const calls = [
      store.addIfAbsent('a', 60),
      store.get('a'),
      store.set('a', '', 60),
      store.delete('a'),
    ];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        name: 'StoreUnavailableError',
        code: 'store_unavailable',
        message: 'Redis did not carry out a command',
        cause: { message: 'OOM command not allowed' },
      });
    }
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses %s seconds', async (seconds) => {
    const { store, sendCommand } = storeReplying('OK');
    await expect(store.addIfAbsent('a', seconds)).rejects.toThrow(RangeError);
    await expect(store.set('a', 'one', seconds)).rejects.toThrow(RangeError);
    expect(sendCommand).not.toHaveBeenCalled();
    expect(() => storeReplying('OK', { timeout: seconds })).toThrow(RangeError);
  });

  it('refuses a timeout beyond the longest', () => {
    expect(() => storeReplying('OK', { timeout: 2_147_484 })).toThrow(RangeError);
    expect(() => storeReplying('OK', { timeout: 2_147_483 })).not.toThrow();
  });
});

describe('the deadline of a RedisStore', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['1 second by default', {}, 1000],
    ['the option timeout', { timeout: 0.25 }, 250],
  ])('is %s; then the client is told to stop', async (_case, options, deadline) => {
    let signal: AbortSignal | undefined;
    const client: RedisClient = {
      sendCommand: (_args, { abortSignal }) => {
        signal = abortSignal;
        return new Promise(() => undefined);
      },
    };
    const failed = vi.fn();
    const call = new RedisStore({ client, ...options }).addIfAbsent('a', 60).catch(failed);
    await vi.advanceTimersByTimeAsync(deadline - 1);
    expect(failed).not.toHaveBeenCalled();
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(failed).toHaveBeenCalledWith(expect.any(StoreUnavailableError));
    expect(failed.mock.calls[0]![0].cause).toMatchObject({ name: 'TimeoutError' });
    expect(signal?.aborted).toBe(true);
  });

  it('ignores a failure after it', async () => {
    const client: RedisClient = {
      sendCommand: (_args, { abortSignal }) =>
        new Promise((_resolve, reject) => {
          abortSignal.addEventListener('abort', () => reject(new Error('too late')));
        }),
    };
    const call = new RedisStore({ client }).get('a').catch((error: Error) => error.cause);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await call).toMatchObject({ name: 'TimeoutError' });
  });

  it('T71 leaves no timer behind', async () => {
    await storeReplying('OK').store.addIfAbsent('a', 60);
    expect(vi.getTimerCount()).toBe(0);
  });
});
