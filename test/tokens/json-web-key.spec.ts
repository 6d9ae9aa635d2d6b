import { createSecretKey, webcrypto } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { parseKeySet } from '../../lib/tokens/json-web-key-set.js';
import { importPublicKey, type JwtPublicKey } from '../../lib/tokens/json-web-key.js';
import { ed25519, jwk, p256, p384, p521, pem, rsa, weakRsa } from './jwt-fixture.js';

const publicJwk = jwk(rsa.publicKey);
const secp256k1 = { kty: 'EC', crv: 'secp256k1', x: publicJwk.n!, y: publicJwk.n! };

describe('importPublicKey', () => {
  it.each([
    [
      'RFC 7638, section 3.1',
      {
        kty: 'RSA',
        n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
        e: 'AQAB',
        alg: 'RS256',
        kid: '2011-04-29',
      },
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    ],
    [
      'RFC 8037, appendix A.3',
      { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    ],
  ])('reads the key of %s as it is', async (_, key, thumbprint) => {
    const read = importPublicKey(key).key.export({ format: 'jwk' }) as JWK;
    expect(await calculateJwkThumbprint(read)).toBe(thumbprint);
  });

  it.each([
    ['P-256', p256, ['ES256']],
    ['P-384', p384, ['ES384']],
    ['P-521', p521, ['ES512']],
    ['Ed25519', ed25519, ['EdDSA', 'Ed25519']],
    ['RSA', rsa, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ])('lets a key of %s serve its own algorithms only', (_, { publicKey }, algorithms) => {
    expect(importPublicKey(publicKey).algorithms).toEqual(algorithms);
    expect(importPublicKey(jwk(publicKey)).algorithms).toEqual(algorithms);
  });

  it('lets a key that names its algorithm serve no other', () => {
    expect(importPublicKey(jwk(rsa.publicKey, { alg: 'PS384' }))).toMatchObject({
      algorithm: 'PS384',
      algorithms: ['PS384'],
    });
  });

  it.each<[string, unknown]>([
    ['a private KeyObject', rsa.privateKey],
    ['a private PEM', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['a private PEM of PKCS #1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })],
    ['a private PEM of SEC 1', p256.privateKey.export({ type: 'sec1', format: 'pem' })],
    ['a private JWK', jwk(rsa.privateKey)],
    ['a secret KeyObject', createSecretKey(Buffer.alloc(32))],
    ['a secret JWK', { kty: 'oct', k: Buffer.alloc(32).toString('base64url') }],
    ['a JWK for encryption', { ...publicJwk, use: 'enc' }],
    ['a JWK for signing only', { ...publicJwk, key_ops: ['sign'] }],
    ['a JWK with operations that are no list', { ...publicJwk, key_ops: 'verify' }],
    ['a JWK for another kind of algorithm', { ...publicJwk, alg: 'ES256' }],
    ['a JWK for HMAC', { ...publicJwk, alg: 'HS256' }],
    ['a JWK for key wrapping', { ...publicJwk, alg: 'RSA-OAEP' }],
    ['an RSA key of 1024 bits', weakRsa.publicKey],
    ['an RSA key of 1024 bits as PEM', pem(weakRsa.publicKey)],
    ['another curve', secp256k1],
    ['an unknown kty', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }],
    ['a JWK without its members', { kty: 'RSA' }],
    ['an empty JWK', {}],
    ['text', 'secret'],
    ['no text', ''],
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
  ])('refuses %s', (_, key) => {
    expect(() => importPublicKey(key as JwtPublicKey)).toThrow(ConfigurationError);
  });

  it('refuses a private CryptoKey', async () => {
    const { privateKey } = (await webcrypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign', 'verify'],
    )) as webcrypto.CryptoKeyPair;
    expect(() => importPublicKey(privateKey)).toThrow(ConfigurationError);
  });
});

describe('parseKeySet', () => {
  it('ignores the keys that it cannot use, not the whole set', () => {
    const good = jwk(p256.publicKey, { kid: 'good' });
    const keys = [
      null,
      'text',
      pem(rsa.publicKey),
      1,
      [],
      { kty: 'oct', k: 'AA' },
      jwk(rsa.privateKey),
      jwk(weakRsa.publicKey),
      { kty: 'XYZ' },
      good,
    ];
    expect(parseKeySet({ keys })).toEqual([good]);
  });

  it('takes an empty set at its word', () => {
    expect(parseKeySet({ keys: [] })).toEqual([]);
  });

  it.each([[null], [undefined], [[]], ['keys'], [{}], [{ keys: {} }], [{ keys: null }]])(
    'refuses %j',
    (json) => {
      expect(() => parseKeySet(json)).toThrow('JSON Web Key Set malformed');
    },
  );
});
