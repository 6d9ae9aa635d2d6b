import { describe, expect, it } from 'vitest';
import { KeySet, readKeySet } from '../../lib/tokens/json-web-key-set.js';
import { ASYMMETRIC } from '../../lib/tokens/json-web-key.js';
import { ed25519, jwk, p256, pem, rsa, weakRsa } from './jwt-fixture.js';

const good = jwk(p256.publicKey, { kid: 'good' });
const rsaJwk = jwk(rsa.publicKey, { kid: 'rsa' });

describe('readKeySet', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['text', pem(rsa.publicKey)],
    ['a number', 1],
    ['a list', []],
    ['a secret', { kty: 'oct', k: 'AA' }],
    ['a private key', jwk(rsa.privateKey)],
    ['a weak key', jwk(weakRsa.publicKey)],
    ['an unknown kty', { kty: 'XYZ' }],
    ['secp256k1', { kty: 'EC', crv: 'secp256k1', x: good.x, y: good.y, alg: 'ES256K' }],
    ['X25519', { kty: 'OKP', crv: 'X25519', x: jwk(ed25519.publicKey).x }],
    ['ML-DSA', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }],
    ['RSA-OAEP', { ...rsaJwk, alg: 'RSA-OAEP' }],
    ['a key for encryption', { ...rsaJwk, use: 'enc' }],
    ['a key for wrapping', { ...rsaJwk, key_ops: ['wrapKey'] }],
    ['e = 1', { ...rsaJwk, e: 'AQ' }],
  ])('leaves out %s, not the whole set, and says why', (_, key) => {
    const { usable, leftOut } = readKeySet({ keys: [key, good] }, ASYMMETRIC);
    expect(usable.map(({ kid }) => kid)).toEqual(['good']);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]).toMatch(/^(?:key 1|"rsa"): A/);
  });

  it('leaves out keys for algorithms that are not accepted', () => {
    const { usable, leftOut } = readKeySet({ keys: [rsaJwk, good] }, ['ES256']);
    expect(usable.map(({ algorithms }) => algorithms)).toEqual([['ES256']]);
    expect(leftOut).toEqual(['"rsa": A key is for no algorithm that is accepted']);
  });

  it('says no more of a key than its name, on one line', () => {
    const kid = `canary\n\u0085\u009b2J\u2028\u202e${'x'.repeat(1000)}`;
    const [reason = ''] = readKeySet(
      { keys: [{ ...jwk(rsa.privateKey), kid }] },
      ASYMMETRIC,
    ).leftOut;
    expect(reason).toMatch(/^[ -~]+$/);
    expect(reason.length).toBeLessThan(250);
    expect(reason).not.toContain(jwk(rsa.privateKey).d);
  });

  it('says why the first 20 of many are left out, and how many more are', () => {
    const reasonsOf = (count: number) =>
      readKeySet({ keys: [...Array<number>(count).fill(0), good] }, ASYMMETRIC).leftOut;
    expect(reasonsOf(20)).toHaveLength(20);
    expect(reasonsOf(120_000).slice(19)).toEqual([
      'key 20: A key must be an object',
      '119980 more',
    ]);
  });

  it.each([
    [9, 1, '9 more'],
    [10, 0, '10 more, as only the first 10 keys of the set are read'],
  ])('looks at ten keys for each of the most it takes: after %i', (before, usable, more) => {
    const keys = [...Array<number>(before).fill(0), good, ...Array<number>(9).fill(0)];
    const read = readKeySet({ keys }, ASYMMETRIC, 1);
    expect(read.usable).toHaveLength(usable);
    expect(read.leftOut.at(-1)).toBe(more);
  });

  it('takes an empty set at its word', () => {
    expect(readKeySet({ keys: [] }, ASYMMETRIC)).toEqual({ usable: [], leftOut: [] });
  });

  it.each([[null], [undefined], [[]], ['keys'], [{}], [{ keys: {} }], [{ keys: null }]])(
    'refuses %j',
    (json) => {
      expect(() => readKeySet(json, ASYMMETRIC)).toThrow('must have a list of keys');
    },
  );
});

describe('KeySet', () => {
  const setOf = (...keys: object[]) => KeySet.of(readKeySet({ keys }, ASYMMETRIC).usable);

  it('knows the key of a header that it was told of, for a few headers', async () => {
    const set = await setOf(rsaJwk);
    const [key] = set.find({ alg: 'RS256', kid: 'rsa' });
    for (let n = 0; n < 20; n++) set.note(`header-${n}`, key!);
    expect(set.known('header-15')).toBe(key);
    expect(set.known('header-16')).toBeUndefined();
    expect(set.known('header')).toBeUndefined();
  });

  it('takes no note of a key of the set that it replaces', async () => {
    const [old, set] = [await setOf(rsaJwk), await setOf(rsaJwk)];
    set.note('header', old.find({ alg: 'RS256', kid: 'rsa' })[0]!);
    expect(set.known('header')).toBeUndefined();
  });

  it.each([
    ['the key that is named', { alg: 'ES256', kid: 'good' }, 1],
    ['every key that fits, where none is named', { alg: 'ES256' }, 2],
    ['no key by another name', { alg: 'ES256', kid: 'other' }, 0],
    ['no key for another algorithm', { alg: 'RS256', kid: 'good' }, 0],
    ['no key by a name that is no text', { alg: 'ES256', kid: ['good'] as never }, 0],
    ['no key for a secret’s algorithm', { alg: 'HS256' }, 0],
    ['no key for no algorithm', { alg: undefined as never, kid: 'good' }, 0],
  ])('finds %s', async (_, header, count) => {
    const set = await setOf(good, { ...good, kid: undefined }, rsaJwk);
    expect(set.find(header)).toHaveLength(count);
  });
});
