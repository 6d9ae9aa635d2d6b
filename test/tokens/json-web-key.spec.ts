import { createSecretKey, webcrypto } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { importKey, type JwtPublicKey, readPublicKey } from '../../lib/tokens/json-web-key.js';
import { ed25519, jwk, p256, p384, p521, pem, rsa, weakRsa } from './jwt-fixture.js';

const publicJwk = jwk(rsa.publicKey);
const ed = jwk(ed25519.publicKey);
const okp = (hex: string) => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: Buffer.from(hex, 'hex').toString('base64url'),
});
const rsaOf = (changed: object) => ({ ...publicJwk, ...changed });
/** The modulus, made a multiple of a number, and odd where that is. */
const multipleOf = (factor: bigint) => {
  const n = BigInt(`0x${Buffer.from(publicJwk.n!, 'base64url').toString('hex')}`);
  const multiple = n - (n % factor);
  const sameParity = multiple % 2n === factor % 2n ? multiple : multiple - factor;
  return Buffer.from(sameParity.toString(16), 'hex').toString('base64url');
};

/** The points of order 1, 2, 4 and 8, in every encoding (RFC 8032, section 5.1.3, and those it forbids). */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
];

const badRsa: [string, unknown][] = [
  ['RSA with e = 0', rsaOf({ e: 'AA' })],
  ['RSA with e = 1', rsaOf({ e: 'AQ' })],
  ['RSA with e = 2', rsaOf({ e: 'Ag' })],
  ['RSA with an even e', rsaOf({ e: 'AQAC' })],
  ['RSA with an endless e', rsaOf({ e: publicJwk.n })],
  ['RSA with an even modulus', rsaOf({ n: multipleOf(2n) })],
  ['RSA with a modulus that 3 divides', rsaOf({ n: multipleOf(3n) })],
  ['RSA with a modulus that 751 divides', rsaOf({ n: multipleOf(751n) })],
];

const secp256k1 = { kty: 'EC', crv: 'secp256k1', x: publicJwk.n!, y: publicJwk.n! };

describe('readPublicKey', () => {
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
    const read = readPublicKey(key).key.export({ format: 'jwk' }) as JWK;
    expect(await calculateJwkThumbprint(read)).toBe(thumbprint);
  });

  it.each([
    ['P-256', p256, ['ES256']],
    ['P-384', p384, ['ES384']],
    ['P-521', p521, ['ES512']],
    ['Ed25519', ed25519, ['EdDSA', 'Ed25519']],
    ['RSA', rsa, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ])('lets a key of %s serve its own algorithms only', (_, { publicKey }, algorithms) => {
    expect(readPublicKey(publicKey).algorithms).toEqual(algorithms);
    expect(readPublicKey(jwk(publicKey)).algorithms).toEqual(algorithms);
  });

  it('lets a key that names its algorithm serve no other', () => {
    expect(readPublicKey(jwk(rsa.publicKey, { alg: 'PS384' }))).toMatchObject({
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
    ...badRsa,
    ...SMALL_ORDER.map((y): [string, unknown] => [`Ed25519 of small order, ${y}`, okp(y)]),
    ['an X25519 key', { kty: 'OKP', crv: 'X25519', x: ed.x }],
    ['an Ed448 key', { kty: 'OKP', crv: 'Ed448', x: ed.x }],
    ['a JWK for signing and encryption', { ...publicJwk, key_ops: ['encrypt', 'wrapKey'] }],
    ['a JWK without operations', { ...publicJwk, key_ops: [] }],
    ['a JWK whose operations are null', { ...publicJwk, key_ops: null }],
    ['a JWK with an alg that is no text', { ...publicJwk, alg: ['RS256'] }],
    ['a point that is not on the curve', { ...jwk(p256.publicKey), y: jwk(p256.publicKey).x }],
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
    expect(() => readPublicKey(key as JwtPublicKey)).toThrow(ConfigurationError);
  });

  it('refuses a private CryptoKey', async () => {
    const { privateKey } = (await webcrypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign', 'verify'],
    )) as webcrypto.CryptoKeyPair;
    expect(() => readPublicKey(privateKey)).toThrow(ConfigurationError);
  });
});

const generate = (algorithm: object, usages: string[]) =>
  webcrypto.subtle.generateKey(
    algorithm as webcrypto.EcKeyGenParams,
    false,
    usages as webcrypto.KeyUsage[],
  ) as Promise<webcrypto.CryptoKeyPair>;

describe('readPublicKey refuses a CryptoKey', () => {
  it.each<[string, object, string[]]>([
    ['ECDH', { name: 'ECDH', namedCurve: 'P-256' }, ['deriveBits']],
    ['X25519', { name: 'X25519' }, ['deriveBits']],
    [
      'RSA-OAEP',
      {
        name: 'RSA-OAEP',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-256',
      },
      ['encrypt', 'decrypt'],
    ],
    [
      'RSASSA-PKCS1-v1_5 with SHA-1',
      {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-1',
      },
      ['sign', 'verify'],
    ],
  ])('for %s', async (_, algorithm, usages) => {
    const { publicKey } = await generate(algorithm, usages);
    expect(() => readPublicKey(publicKey)).toThrow(ConfigurationError);
  });

  it('that is a secret', async () => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = (await generate(algorithm, ['sign', 'verify'])) as unknown as webcrypto.CryptoKey;
    expect(() => readPublicKey(key)).toThrow(ConfigurationError);
  });
});

describe('importKey', () => {
  it.each([
    ['a JWK with several operations', { ...publicJwk, key_ops: ['verify', 'encrypt', 'odd'] }],
    ['a JWK with an operation twice', { ...publicJwk, key_ops: ['verify', 'verify'] }],
    ['a JWK with ext', { ...publicJwk, ext: false }],
    ['a JWK with unknown members', { ...publicJwk, x5c: [1], x5t: null, oops: {} }],
    ['RSA with e = 3', rsaOf({ e: 'Aw' })],
  ])('makes %s ready for each of its algorithms', async (_, input) => {
    const { key, algorithms } = readPublicKey(input as JWK);
    for (const algorithm of algorithms) {
      expect((await importKey(key, algorithm)).usages).toEqual(['verify']);
    }
  });
});
