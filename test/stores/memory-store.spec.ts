import { describe, expect, it } from 'vitest';
import { MemoryStore, type MemoryStoreOptions } from '../../lib/stores/memory-store.js';
import { StoreUnavailableError } from '../../lib/stores/store.js';

const NOW = Date.UTC(2026, 0, 1);

function storeWithClock(options: MemoryStoreOptions = {}) {
  let now = NOW;
  const store = new MemoryStore({ clock: () => now, ...options });
  return { store, advance: (milliseconds: number) => (now += milliseconds) };
}

describe('MemoryStore', () => {
  it('adds a key once', async () => {
    const { store } = storeWithClock();
    expect(await store.addIfAbsent('a', 60)).toBe(true);
    expect(await store.addIfAbsent('a', 60)).toBe(false);
    expect(await store.addIfAbsent('b', 60)).toBe(true);
  });

  it('adds a key once for 50 callers at the same time', async () => {
    const { store } = storeWithClock();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => store.addIfAbsent('jti', 60)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('remembers a key for its time, to the millisecond', async () => {
    const { store, advance } = storeWithClock();
    await store.addIfAbsent('a', 60);
    advance(59_999);
    expect(await store.addIfAbsent('a', 60)).toBe(false);
    advance(1);
    expect(await store.addIfAbsent('a', 60)).toBe(true);
  });

  it('does not prolong a key that is asked for again', async () => {
    const { store, advance } = storeWithClock();
    await store.addIfAbsent('a', 60);
    advance(30_000);
    await store.addIfAbsent('a', 60);
    advance(30_000);
    expect(await store.addIfAbsent('a', 60)).toBe(true);
  });

  it('takes the time of the system by default', async () => {
    const store = new MemoryStore();
    expect(await store.addIfAbsent('a', 60)).toBe(true);
    expect(await store.addIfAbsent('a', 60)).toBe(false);
  });

  it('keeps, replaces and forgets a value', async () => {
    const { store, advance } = storeWithClock();
    expect(await store.get('a')).toBeUndefined();
    await store.set('a', 'one', 60);
    await store.set('a', 'two', 90);
    expect(await store.get('a')).toBe('two');
    advance(89_999);
    expect(await store.get('a')).toBe('two');
    advance(1);
    expect(await store.get('a')).toBeUndefined();
    await store.set('a', 'three', 60);
    await store.delete('a');
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
  });

  it('shows an empty value under a key that was only added', async () => {
    const { store } = storeWithClock();
    await store.addIfAbsent('a', 60);
    expect(await store.get('a')).toBe('');
  });

  it.each(['__proto__', 'constructor', ''])('takes %j for a key like any other', async (key) => {
    const { store } = storeWithClock();
    expect(await store.get(key)).toBeUndefined();
    expect(await store.addIfAbsent(key, 60)).toBe(true);
    expect(await store.addIfAbsent(key, 60)).toBe(false);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses %s seconds', async (ttl) => {
    const { store } = storeWithClock();
    await expect(store.addIfAbsent('a', ttl)).rejects.toThrow(RangeError);
    await expect(store.set('a', 'one', ttl)).rejects.toThrow(RangeError);
    expect(await store.get('a')).toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses maxEntries %s', (maxEntries) => {
    expect(() => new MemoryStore({ maxEntries })).toThrow(RangeError);
  });
});

describe('a MemoryStore that is full', () => {
  it('T60 refuses another key and forgets none', async () => {
    const { store } = storeWithClock({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.addIfAbsent(key, 60);
    await expect(store.addIfAbsent('d', 60)).rejects.toThrow(StoreUnavailableError);
    await expect(store.set('d', 'one', 60)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: 'The store is full: 3 entries have not expired',
    });
    for (const key of ['a', 'b', 'c']) expect(await store.addIfAbsent(key, 60)).toBe(false);
    expect(await store.get('d')).toBeUndefined();
  });

  it('still replaces a value it has', async () => {
    const { store } = storeWithClock({ maxEntries: 1 });
    await store.set('a', 'one', 60);
    await store.set('a', 'two', 60);
    expect(await store.get('a')).toBe('two');
  });

  it('has room again as soon as one entry expires, whatever was added in between', async () => {
    const { store, advance } = storeWithClock({ maxEntries: 2 });
    await store.addIfAbsent('long', 600);
    await store.addIfAbsent('short', 10);
    advance(9_999);
    await expect(store.addIfAbsent('next', 60)).rejects.toThrow(StoreUnavailableError);
    advance(1);
    expect(await store.addIfAbsent('next', 60)).toBe(true);
    await expect(store.addIfAbsent('more', 60)).rejects.toThrow(StoreUnavailableError);
    advance(60_000);
    expect(await store.addIfAbsent('more', 60)).toBe(true);
    expect(await store.addIfAbsent('long', 60)).toBe(false);
  });

  it('finds the room of each entry that expires, one after the other', async () => {
    const { store, advance } = storeWithClock({ maxEntries: 3 });
    await store.addIfAbsent('first', 10);
    await store.addIfAbsent('second', 20);
    await store.addIfAbsent('long', 600);
    advance(10_000);
    expect(await store.addIfAbsent('next', 600)).toBe(true);
    advance(10_000);
    expect(await store.addIfAbsent('more', 600)).toBe(true);
    await expect(store.addIfAbsent('last', 600)).rejects.toThrow(StoreUnavailableError);
  });

  it('T60 holds 100 000 entries by default, however many are offered', async () => {
    const { store, advance } = storeWithClock();
    const offer = async (round: string) => {
      let accepted = 0;
      for (let n = 0; n < 100_500; n++) {
        await store.addIfAbsent(`${round} ${n}`, 60).then(
          () => accepted++,
          () => undefined,
        );
      }
      return accepted;
    };
    expect(await offer('first')).toBe(100_000);
    advance(60_000);
    expect(await offer('second')).toBe(100_000);
  });

  it('is not searched through for each entry while it is full', async () => {
    const { store, advance } = storeWithClock();
    const add = async (name: string) => {
      advance(1);
      await store.addIfAbsent(name, 100);
    };
    for (let n = 0; n < 100_000; n++) await add(`first ${n}`);
    const start = performance.now();
    for (let n = 0; n < 1000; n++) await add(`second ${n}`);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('T71 starts no timer', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const { store } = storeWithClock();
    await store.set('a', 'one', 60);
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(after).toBe(before);
  });
});
