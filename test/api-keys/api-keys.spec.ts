import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  APIKeys,
  type APIKeysOptions,
  type APIKeyStore,
  MemoryAPIKeyStore,
  type StoredAPIKey,
} from 'nestjs-security/api-keys';
import { ConfigurationError } from 'nestjs-security';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const START = 1_700_000_000;
const DAY = 24 * 60 * 60;

/** A store that counts, and may be made to fail. */
class WatchedStore implements APIKeyStore {
  readonly calls: string[] = [];
  failing: string | undefined;
  private readonly store = new MemoryAPIKeyStore();

  private watch<Answer>(call: string, answer: () => Promise<Answer>): Promise<Answer> {
    this.calls.push(call);
    return this.failing === call ? Promise.reject(new Error('the store is down')) : answer();
  }
  find = (id: string) => this.watch('find', () => this.store.find(id));
  insert = (key: StoredAPIKey) => this.watch('insert', () => this.store.insert(key));
  revoke = (id: string, at: number) => this.watch('revoke', () => this.store.revoke(id, at));
  touch = (id: string, at: number) => this.watch('touch', () => this.store.touch(id, at));
}

let now: number;
let store: WatchedStore;
const make = (options: Partial<APIKeysOptions> = {}) =>
  new APIKeys({ prefix: 'shop_test', store, clock: () => now * 1000, ...options });
let keys: APIKeys;

beforeEach(() => {
  now = START;
  store = new WatchedStore();
  keys = make();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a key that is issued', () => {
  it('says whose it is, and is of letters, digits and "_"', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    expect(key).toMatch(/^shop_test_[0-9A-Za-z]{20}_[0-9A-Za-z]{49}$/);
    expect(key.split('_')[2]).toBe(info.id);
  });

  it('is another one each time', async () => {
    const issued = await Promise.all(Array.from({ length: 50 }, () => keys.issue({ owner: 'a' })));
    expect(new Set(issued.map(({ key }) => key)).size).toBe(50);
    expect(new Set(issued.map(({ info }) => info.id)).size).toBe(50);
  });

  it('is stored as its SHA-256 and nothing else of it', async () => {
    const { key, info } = await keys.issue({ owner: 'ada', name: 'CI', scopes: ['orders'] });
    const stored = await store.find(info.id);
    expect(stored).toStrictEqual({
      id: info.id,
      hash: createHash('sha256').update(key).digest('base64url'),
      owner: 'ada',
      name: 'CI',
      scopes: ['orders'],
      createdAt: START,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    expect(JSON.stringify(stored)).not.toContain(key.split('_')[3]);
  });

  it('is verified, without its hash', async () => {
    const { key, info } = await keys.issue({ owner: 'ada', scopes: ['orders'] });
    expect(await keys.verify(key)).toStrictEqual(info);
    expect(info).not.toHaveProperty('hash');
  });

  it('is one of several of its owner', async () => {
    const issued = [await keys.issue({ owner: 'ada' }), await keys.issue({ owner: 'ada' })];
    await keys.revoke(issued[0]!.info.id);
    expect(await keys.verify(issued[0]!.key)).toBeNull();
    expect(await keys.verify(issued[1]!.key)).toMatchObject({ owner: 'ada' });
  });
});

describe('what is no key', () => {
  const changed: [string, (key: string) => string][] = [
    ['empty', () => ''],
    ['anything', () => 'anything'],
    ['the prefix', () => 'shop_test_'],
    ['too long', (key) => `${key}0`],
    ['too short', (key) => key.slice(0, -1)],
    ['of another casing', (key) => key.toUpperCase()],
    ['of another prefix', (key) => key.replace('shop_test', 'shop_live')],
    ['followed by a line break', (key) => `${key}\n`],
    ['after a space', (key) => ` ${key}`],
    ['with a NUL', (key) => key.replace('_', '\0')],
    ['of another checksum', (key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')],
    ['no text', () => undefined as unknown as string],
    ['huge', (key) => key.repeat(10_000)],
  ];

  it.each(changed)('is refused without asking the store: %s', async (_, change) => {
    const { key } = await keys.issue({ owner: 'ada' });
    store.calls.length = 0;
    expect(await keys.verify(change(key))).toBeNull();
    expect(store.calls).toStrictEqual([]);
  });

  it('is refused where another application issued it', async () => {
    const { key } = await make({ store: new MemoryAPIKeyStore() }).issue({ owner: 'ada' });
    expect(await keys.verify(key)).toBeNull();
    expect(store.calls).toStrictEqual(['find']);
  });

  it('is refused where the store answers with the row of another key', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    const stored = (await store.find(info.id))!;
    const hash = stored.hash.replace(/^./, (first) => (first === '_' ? '-' : '_'));
    vi.spyOn(store, 'find').mockResolvedValue({ ...stored, hash });
    expect(await keys.verify(key)).toBeNull();
  });

  const wrong = (member: Record<string, unknown>) => (row: object) => ({ ...row, ...member });

  it.each<[string, 'hash' | 'scopes', (row: { hash: string }) => unknown]>([
    ['an empty hash', 'hash', wrong({ hash: '' })],
    ['a hash of another kind', 'hash', wrong({ hash: '$2b$12$abcdefghijklmnopqrstuv' })],
    ['a hash that is no text', 'hash', wrong({ hash: null })],
    ['a hash in bytes', 'hash', (row) => ({ ...row, hash: Buffer.from(row.hash, 'base64url') })],
    ['a list of rows', 'hash', (row) => [row]],
    ['an empty list of rows', 'hash', () => []],
    ['yes', 'hash', () => true],
    ['scopes in a text', 'scopes', wrong({ scopes: 'read write' })],
    ['no scopes', 'scopes', wrong({ scopes: undefined })],
  ])('is an error that names the store where it answers with %s', async (_, member, change) => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    const stored = (await store.find(info.id))!;
    vi.spyOn(store, 'find').mockResolvedValue(change(stored) as typeof stored);
    const says = {
      hash: `APIKeys: find() of ${store.constructor.name} must answer null or a key with its hash, as it was inserted`,
      scopes: `APIKeys: find() of ${store.constructor.name} must answer a key whose scopes are a list of strings`,
    };
    await expect(keys.verify(key)).rejects.toThrow(says[member]);
  });

  it('is verified with a store of no class, such as a module that is imported whole', async () => {
    const { find, insert, revoke, touch } = store;
    const ofModule = Object.assign(Object.create(null), { find, insert, revoke, touch });
    const { key, info } = await make({ store: ofModule }).issue({ owner: 'ada' });
    expect(await make({ store: ofModule }).verify(key)).toEqual(info);
    ofModule.find = async () => ({ ...info, hash: '' });
    await expect(make({ store: ofModule }).verify(key)).rejects.toThrow(
      'APIKeys: find() of the store must answer null or a key with its hash',
    );
  });

  it('is not taken for a key whose id is only alike to the store', async () => {
    const [ada, eve] = [await keys.issue({ owner: 'ada' }), await keys.issue({ owner: 'eve' })];
    const stored = await store.find(ada.info.id);
    vi.spyOn(store, 'find').mockResolvedValue(stored);
    expect(await keys.verify(eve.key)).toBeNull();
  });
});

it('grants nothing that is added to what is known of a key', async () => {
  const given = ['read'];
  const { key, info } = await keys.issue({ owner: 'ada', scopes: given });
  const verified = await keys.verify(key);
  const validated = await keys.validate(key);
  for (const scopes of [given, info.scopes, verified?.scopes, validated?.user.scopes]) {
    (scopes as string[]).push('admin');
  }
  expect((await keys.verify(key))?.scopes).toStrictEqual(['read']);
  expect((await keys.validate(key))?.scopes).toStrictEqual(['read']);
});

describe('a key that expires', () => {
  it.each([
    ['expiresIn', () => keys.issue({ owner: 'ada', expiresIn: 10 })],
    ['the lifetime', () => make({ lifetime: 10 }).issue({ owner: 'ada' })],
  ])('is good until then, by %s', async (_, issue) => {
    const { key, info } = await issue();
    expect(info.expiresAt).toBe(START + 10);
    now = START + 9;
    expect(await keys.verify(key)).not.toBeNull();
    now = START + 10;
    expect(await keys.verify(key)).toBeNull();
  });

  it('tells when, to who validates it', async () => {
    const { key } = await keys.issue({ owner: 'ada', expiresIn: 10 });
    expect(await keys.validate(key)).toMatchObject({ expiresAt: START + 10 });
  });
});

it('is good where the store leaves out that it was never used', async () => {
  const { key, info } = await keys.issue({ owner: 'ada' });
  const { lastUsedAt: _used, ...rest } = (await store.find(info.id))!;
  vi.spyOn(store, 'find').mockResolvedValue(rest as StoredAPIKey);
  expect(await keys.validate(key)).toStrictEqual({ user: info, scopes: [] });
});

describe('a store that answers with columns of other names', () => {
  it.each([
    [{ revokedAt: undefined, revoked_at: START }, 'its expiresAt and revokedAt'],
    [{ expiresAt: undefined, expires_at: START }, 'its expiresAt and revokedAt'],
    [{ owner: undefined, owner_id: 'ada' }, 'its owner'],
    [{ owner: null }, 'its owner'],
  ])('is refused rather than believed: %o', async (columns, named) => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    const find = store.find;
    store.find = async (id) => ({ ...(await find(id))!, ...(columns as object) });
    const told = `find() of ${store.constructor.name} must answer a key with ${named}`;
    await expect(keys.verify(key)).rejects.toThrow(told);
    await expect(keys.rotate(info.id)).rejects.toThrow(told);
  });
});

describe('a key that is revoked', () => {
  it('is refused at once', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    await keys.revoke(info.id);
    expect(await keys.verify(key)).toBeNull();
  });

  it('stays revoked', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    await keys.revoke(info.id);
    now += DAY;
    await keys.revoke(info.id);
    now -= DAY - 1;
    expect(await keys.verify(key)).toBeNull();
  });
});

describe('a store that answers with times in milliseconds', () => {
  it.each([
    { revokedAt: START * 1000 },
    { revokedAt: new Date(START * 1000) },
    { expiresAt: new Date(START * 1000) },
  ])('is refused rather than believed: %o', async (times) => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    const find = store.find;
    store.find = async (id) => ({ ...(await find(id))!, ...(times as object) });
    await expect(keys.verify(key)).rejects.toThrow('must be in seconds');
    await expect(keys.rotate(info.id)).rejects.toThrow('must be in seconds');
  });
});

describe('a key that is rotated', () => {
  it('is replaced by one like it, and refused at once', async () => {
    const old = await keys.issue({ owner: 'ada', name: 'CI', scopes: ['a'], expiresIn: DAY });
    now += 100;
    const issued = await keys.rotate(old.info.id);
    expect(issued!.info).toMatchObject({ owner: 'ada', name: 'CI', scopes: ['a'] });
    expect(issued!.info.expiresAt).toBe(START + 100 + DAY);
    expect(await keys.verify(old.key)).toBeNull();
    expect(await keys.verify(issued!.key)).not.toBeNull();
  });

  it('is good beside the other as long as that was said', async () => {
    const old = await keys.issue({ owner: 'ada' });
    const issued = await keys.rotate(old.info.id, { overlap: 10 });
    now += 9;
    expect(await keys.verify(old.key)).not.toBeNull();
    expect(await keys.validate(old.key)).toMatchObject({ expiresAt: START + 10 });
    now += 1;
    expect(await keys.verify(old.key)).toBeNull();
    expect(await keys.verify(issued!.key)).not.toBeNull();
  });

  it('is refused at once when it is revoked meanwhile', async () => {
    const old = await keys.issue({ owner: 'ada' });
    await keys.rotate(old.info.id, { overlap: DAY });
    await keys.revoke(old.info.id);
    expect(await keys.verify(old.key)).toBeNull();
  });

  it.each([
    ['unknown', async () => 'unknown'],
    [
      'revoked',
      async () => {
        const { info } = await keys.issue({ owner: 'ada' });
        await keys.revoke(info.id);
        return info.id;
      },
    ],
    [
      'expired',
      async () => {
        const { info } = await keys.issue({ owner: 'ada', expiresIn: 1 });
        now += 1;
        return info.id;
      },
    ],
  ])('is not replaced where it is %s', async (_, find) => {
    expect(await keys.rotate(await find())).toBeNull();
  });

  it('stays good where the other one cannot be stored', async () => {
    const old = await keys.issue({ owner: 'ada' });
    store.failing = 'insert';
    await expect(keys.rotate(old.info.id)).rejects.toThrow('the store is down');
    expect(await keys.verify(old.key)).not.toBeNull();
  });

  it.each([1e12, Number.MAX_SAFE_INTEGER])('never expires after %d seconds', async (expiresIn) => {
    const old = await keys.issue({ owner: 'ada', expiresIn });
    expect(await keys.verify(old.key)).toStrictEqual({ ...old.info, expiresAt: null });
    expect((await keys.rotate(old.info.id))!.info.expiresAt).toBeNull();
  });

  it('keeps a lifetime that the options would not give', async () => {
    const forever = make({ lifetime: 10 });
    const old = await forever.issue({ owner: 'ada', expiresIn: Infinity });
    expect((await forever.rotate(old.info.id))!.info.expiresAt).toBeNull();
  });
});

it('is neither rotated nor revoked under another prefix', async () => {
  const live = make({ prefix: 'shop_live' });
  const { key, info } = await keys.issue({ owner: 'ada' });
  expect(await live.rotate(info.id)).toBeNull();
  await expect(live.revoke(info.id)).rejects.toThrow('APIKeys.revoke()');
  expect(await keys.verify(key)).not.toBeNull();
  await keys.revoke(info.id);
  expect(await keys.verify(key)).toBeNull();
});

describe('the last use', () => {
  const use = async (key: string, times: number) => {
    for (let time = 0; time < times; time++) await keys.verify(key);
  };
  const touches = () => store.calls.filter((call) => call === 'touch').length;

  it('is stored once for many requests', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    await use(key, 100);
    expect(touches()).toBe(1);
    expect((await store.find(info.id))!.lastUsedAt).toBe(START);
  });

  it('is stored again after the interval', async () => {
    keys = make({ touchInterval: 300 });
    const { key } = await keys.issue({ owner: 'ada' });
    await use(key, 3);
    now += 299;
    await use(key, 3);
    expect(touches()).toBe(1);
    now += 1;
    await use(key, 3);
    expect(touches()).toBe(2);
  });

  it('is stored once for several instances of one store', async () => {
    const { key } = await keys.issue({ owner: 'ada' });
    await make().verify(key);
    await make().verify(key);
    expect(touches()).toBe(1);
  });

  it('is stored once where the store answers from a cache', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    const cached = await store.find(info.id);
    vi.spyOn(store, 'find').mockResolvedValue(cached);
    await use(key, 10);
    expect(touches()).toBe(1);
  });

  it('is never stored where nobody wants it', async () => {
    keys = make({ touchInterval: Infinity });
    const { key } = await keys.issue({ owner: 'ada' });
    await use(key, 3);
    expect(touches()).toBe(0);
  });

  it('is not stored for a key that is refused', async () => {
    const { key, info } = await keys.issue({ owner: 'ada' });
    await keys.revoke(info.id);
    await use(key, 3);
    expect(touches()).toBe(0);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('keeps no request waiting and refuses none where the store %s', async (_, touch) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    vi.spyOn(store, 'touch').mockImplementation(touch);
    const { key, info } = await keys.issue({ owner: 'ada' });
    expect(await keys.verify(key)).not.toBeNull();
    await vi.waitFor(() => expect(logged).toHaveBeenCalledOnce());
    expect(JSON.stringify(logged.mock.calls)).toContain(info.id);
    expect(JSON.stringify(logged.mock.calls)).not.toContain(key);
  });
});

it('rejects where the store cannot answer', async () => {
  const { key } = await keys.issue({ owner: 'ada' });
  store.failing = 'find';
  await expect(keys.verify(key)).rejects.toThrow('the store is down');
});

describe('what is configured wrongly', () => {
  it.each([
    ['an empty prefix', { prefix: '' }],
    ['a prefix with a pattern', { prefix: '.*' }],
    ['a prefix that ends in "_"', { prefix: 'shop_' }],
    ['a prefix with a line break', { prefix: 'shop\n' }],
    ['no prefix', { prefix: undefined as unknown as string }],
    ['no store', { store: undefined as unknown as APIKeyStore }],
    ['null for a store', { store: null as unknown as APIKeyStore }],
    ['a store without methods', { store: {} as APIKeyStore }],
    ['a store that only finds', { store: { find: async () => null } as unknown as APIKeyStore }],
    ['no lifetime', { lifetime: 0 }],
    ['a lifetime that is no number', { lifetime: NaN }],
    ['a negative interval', { touchInterval: -1 }],
  ])('does not construct: %s', (_, options) => {
    expect(() => make(options)).toThrow(ConfigurationError);
  });

  it.each([
    ['nobody', { owner: '' }],
    ['no text', { owner: 7 as unknown as string }],
    ['scopes in one text', { owner: 'ada', scopes: 'admin' as unknown as string[] }],
    ['scopes that are no texts', { owner: 'ada', scopes: [7] as unknown as string[] }],
    ['a time that has passed', { owner: 'ada', expiresIn: -1 }],
  ])('issues nothing for %s', async (_, given) => {
    await expect(keys.issue(given)).rejects.toThrow(ConfigurationError);
    expect(store.calls).toStrictEqual([]);
  });

  const noOverlaps: unknown[] = [-1, NaN, 1e12, Infinity, '5', '', null, [5], true, 5n, new Date()];
  it.each(noOverlaps)('rotates nothing with an overlap of %s', async (overlap) => {
    const { info } = await keys.issue({ owner: 'ada' });
    const options = { overlap } as { overlap: number };
    await expect(keys.rotate(info.id, options)).rejects.toThrow(ConfigurationError);
    expect(await store.find(info.id)).toMatchObject({ revokedAt: null });
  });

  it.each(['60', [60], true])('takes no %j for a number of seconds', async (text) => {
    const seconds = text as unknown as number;
    expect(() => make({ lifetime: seconds })).toThrow(ConfigurationError);
    expect(() => make({ touchInterval: seconds })).toThrow(ConfigurationError);
    const issued = keys.issue({ owner: 'ada', expiresIn: seconds });
    await expect(issued).rejects.toThrow(ConfigurationError);
  });
});

describe('the store in memory', () => {
  it('takes no id twice', async () => {
    const { info } = await keys.issue({ owner: 'ada' });
    const stored = (await store.find(info.id))!;
    await expect(store.insert(stored)).rejects.toThrow(info.id);
  });

  it('moves no use back', async () => {
    const { info } = await keys.issue({ owner: 'ada' });
    await store.touch(info.id, START + 5);
    await store.touch(info.id, START);
    expect((await store.find(info.id))!.lastUsedAt).toBe(START + 5);
  });

  it('changes nothing where there is nothing', async () => {
    await store.revoke('none', START);
    await store.touch('none', START);
    expect(await store.find('none')).toBeUndefined();
  });
});
