import type { KeyObject } from 'node:crypto';

/** Whether an RSA key proves something: with an exponent of 1, everything is its own signature; with a small factor, anybody can sign. */
export function isSoundRsa(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048 || modulusLength > 16_384) return false;
  const isExponent =
    publicExponent >= 3n && publicExponent < 2n ** 64n && publicExponent % 2n === 1n;
  return isExponent && !hasSmallFactor(key.export({ format: 'jwk' }).n!);
}

/** The primes below 752 (NIST SP 800-89, section 5.3.3): any other number below that has a factor of at most 23. */
const SMALL_PRIMES = Array.from({ length: 750 }, (_, index) => index + 2)
  .filter((number) => [2, 3, 5, 7, 11, 13, 17, 19, 23].every((n) => number === n || number % n))
  .map(BigInt);
const PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * prime);

function hasSmallFactor(modulus: string): boolean {
  // The remainder has the same small factors, and is quicker to divide.
  const rest = BigInt(`0x${Buffer.from(modulus, 'base64url').toString('hex')}`) % PRODUCT;
  return SMALL_PRIMES.some((prime) => rest % prime === 0n);
}

/** The y coordinates of the points whose order divides 8, little-endian, in every encoding below 2^255. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether a key is of small order: one signature is then valid for every eighth text, or for all. */
export function isOfSmallOrder(key: KeyObject): boolean {
  const y = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  // The highest bit is the sign of x.
  y[31]! &= 0x7f;
  return SMALL_ORDER.has(y.toString('hex'));
}
