import { describe, expect, it } from 'vitest';
import { DIGEST_ALGORITHMS, digestHash } from '../../lib/protocol/digest-algorithm.js';

const SHA_256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SHA_512_256 = '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23';
const MD5 = '900150983cd24fb0d6963f7d28e17f72';

describe('digestHash', () => {
  it.each([
    ['SHA-256', SHA_256],
    ['SHA-256-sess', SHA_256],
    ['SHA-512-256', SHA_512_256],
    ['SHA-512-256-sess', SHA_512_256],
    ['MD5', MD5],
    ['MD5-sess', MD5],
  ] as const)('hashes "abc" with %s', (algorithm, expected) => {
    expect(digestHash(algorithm, 'abc')).toBe(expected);
    expect(digestHash(algorithm, Buffer.from('abc'))).toBe(expected);
  });

  it('hashes text as UTF-8', () => {
    expect(digestHash('MD5', 'ä')).toBe(digestHash('MD5', Buffer.from([0xc3, 0xa4])));
  });
});

describe('DIGEST_ALGORITHMS', () => {
  it('lists every algorithm of RFC 7616, section 6.1', () => {
    expect(DIGEST_ALGORITHMS).toEqual([
      'SHA-256',
      'SHA-256-sess',
      'SHA-512-256',
      'SHA-512-256-sess',
      'MD5',
      'MD5-sess',
    ]);
  });
});
