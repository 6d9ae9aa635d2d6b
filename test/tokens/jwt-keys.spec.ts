import { createHmac } from 'node:crypto';
import type { CompactJWSHeaderParameters, JSONWebKeySet } from 'jose';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { type JwtKeys, keySetKeys, publicKeys, secretKeys } from '../../lib/tokens/jwt-keys.js';
import { ed25519, jwk, p256, rsa, SECRET } from './jwt-fixture.js';

/** What is imported at once is ready by now. */
const ready = async (keys: JwtKeys) => {
  for (const alg of keys.algorithms) await keys.find({ alg }, '');
  return keys;
};

describe('The key of a verifier with one', () => {
  it.each<[string, () => JwtKeys]>([
    ['secret', () => secretKeys(SECRET, undefined)],
    ['RSA key', () => publicKeys(rsa.publicKey, undefined)],
    ['P-256 key', () => publicKeys(p256.publicKey, undefined)],
    ['Ed25519 key', () => publicKeys(ed25519.publicKey, undefined)],
    ['JSON Web Key', () => publicKeys(jwk(rsa.publicKey, { alg: 'PS512' }), undefined)],
  ])('is known without looking for it, once it is imported: %s', async (_, make) => {
    const keys = make();
    expect(keys.known?.('')).toBeUndefined();
    await ready(keys);
    for (const alg of keys.algorithms)
      expect(await keys.find({ alg }, '')).toEqual([keys.known?.('')]);
  });

  it.each<[string, () => JwtKeys]>([
    ['a secret', () => secretKeys(SECRET.repeat(2), ['HS256', 'HS512'])],
    ['an RSA key', () => publicKeys(rsa.publicKey, ['RS256', 'PS256'])],
    ['a set of one key', () => keySetKeys({ keys: [jwk(rsa.publicKey)] }, ['RS256'])],
  ])('is looked for where it depends on the header: %s', async (_, make) => {
    const keys = await ready(make());
    expect(keys.known?.('')).toBeUndefined();
    const found = await Promise.all(keys.algorithms.map(async (alg) => keys.find({ alg }, '')));
    expect(new Set(found.flat()).size).toBe(keys.algorithms.length);
  });

  it.each(['none', 'HS512', 'RS256', '__proto__', 'constructor', ''])(
    'is none for %j',
    async (alg) => {
      expect(await secretKeys(SECRET, undefined).find({ alg }, '')).toEqual([]);
    },
  );
});

describe('A key that is refused', () => {
  it('is called by the factory that it was given to', () => {
    expect(() => publicKeys('no key', undefined)).toThrow(
      new ConfigurationError('JwtVerifier.fromKey(): A key cannot be read'),
    );
  });
});

describe('The keys of a set', () => {
  const set: JSONWebKeySet = {
    keys: [
      jwk(rsa.publicKey, { kid: 'r' }),
      jwk(p256.publicKey, { kid: 'r' }),
      jwk(ed25519.publicKey),
    ],
  };

  it.each<[object, number]>([
    [{ alg: 'RS256', kid: 'r' }, 1],
    [{ alg: 'RS256' }, 1],
    [{ alg: 'ES256', kid: 'r' }, 1],
    [{ alg: 'EdDSA' }, 1],
    [{ alg: 'EdDSA', kid: 'r' }, 0],
    [{ alg: 'RS256', kid: 'R' }, 0],
    [{ alg: 'RS256', kid: '' }, 0],
    [{ alg: 'RS256', kid: null }, 0],
    [{ alg: 'RS256', kid: ['r'] }, 0],
    [{ alg: 'HS256', kid: 'r' }, 0],
    [{ alg: 'ES384', kid: 'r' }, 0],
    [{ alg: '__proto__' }, 0],
    [{}, 0],
  ])('for %j are %i, before they are imported and after', async (header, count) => {
    const keys = keySetKeys(set, undefined);
    const before = keys.find(header as CompactJWSHeaderParameters, '');
    expect(before).toBeInstanceOf(Promise);
    expect(await before).toHaveLength(count);
    expect(await keys.find(header as CompactJWSHeaderParameters, '')).toEqual(await before);
  });
});

describe('A secret', () => {
  it('is copied: what becomes of its bytes does not matter', async () => {
    const bytes = Buffer.from(SECRET);
    const keys = await ready(secretKeys(bytes, undefined));
    bytes.fill(0);
    const key = keys.known!('')!;
    const signature = createHmac('sha256', SECRET).update('a').digest();
    expect(await crypto.subtle.verify('HMAC', key, signature, Buffer.from('a'))).toBe(true);
  });
});
