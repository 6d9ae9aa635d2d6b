import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueTime, SignedNonces } from '../../lib/protocol/signed-nonces.js';
import { hostileText, MEBIBYTE } from './hostile-text.js';

const NOW = Date.UTC(2026, 0, 1);
const secret = Buffer.alloc(32, 'a');

describe('SignedNonces', () => {
  it('issues a nonce that is base64url of 38 bytes', () => {
    expect(new SignedNonces().issue()).toMatch(/^[A-Za-z0-9_-]{51}$/);
  });

  it('issues another nonce each time', () => {
    const nonces = new SignedNonces();
    const issued = new Set(Array.from({ length: 1000 }, () => nonces.issue(NOW)));
    expect(issued.size).toBe(1000);
  });

  it.each([
    ['as soon as it is issued', 0, 'valid'],
    ['at the end of its lifetime', 300_000, 'valid'],
    ['a millisecond later', 300_001, 'stale'],
    ['a year later', 31_536_000_000, 'stale'],
    ['a millisecond before it is issued, as clocks of instances differ', -1, 'valid'],
    ['a minute before it is issued', -60_000, 'valid'],
    ['a millisecond more than a minute before', -60_001, 'stale'],
    ['a year before it is issued', -31_536_000_000, 'stale'],
  ])('checks a nonce %s', (_, age, expected) => {
    const nonces = new SignedNonces();
    expect(nonces.check(nonces.issue(NOW), NOW + age)).toBe(expected);
  });

  it('takes the time of the system by default', () => {
    const nonces = new SignedNonces();
    expect(nonces.check(nonces.issue())).toBe('valid');
  });

  it('takes a lifetime in seconds', () => {
    const nonces = new SignedNonces({ lifetime: 1 });
    const nonce = nonces.issue(NOW);
    expect(nonces.check(nonce, NOW + 1000)).toBe('valid');
    expect(nonces.check(nonce, NOW + 1001)).toBe('stale');
  });

  it('checks a nonce of another instance with its secret', () => {
    const nonce = new SignedNonces({ secret }).issue(NOW);
    expect(new SignedNonces({ secret }).check(nonce, NOW)).toBe('valid');
  });

  it('refuses a nonce of another instance with a secret of its own', () => {
    const nonce = new SignedNonces().issue(NOW);
    expect(new SignedNonces().check(nonce, NOW)).toBe('invalid');
    expect(new SignedNonces({ secret }).check(nonce, NOW)).toBe('invalid');
  });

  it('refuses a nonce for another space', () => {
    const nonce = new SignedNonces({ secret, space: 'a' }).issue(NOW);
    expect(new SignedNonces({ secret, space: 'a' }).check(nonce, NOW)).toBe('valid');
    expect(new SignedNonces({ secret, space: 'b' }).check(nonce, NOW)).toBe('invalid');
    expect(new SignedNonces({ secret }).check(nonce, NOW)).toBe('invalid');
  });

  it('has one opaque for each secret and space', () => {
    const { opaque } = new SignedNonces({ secret, space: 'a' });
    expect(opaque).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new SignedNonces({ secret, space: 'a', lifetime: 1 }).opaque).toBe(opaque);
    expect(new SignedNonces({ secret, space: 'b' }).opaque).not.toBe(opaque);
    expect(new SignedNonces({ space: 'a' }).opaque).not.toBe(opaque);
  });

  it('tells when a nonce was issued', () => {
    expect(issueTime(new SignedNonces().issue(NOW))).toBe(NOW);
  });

  it('keeps its secret when the caller overwrites the bytes', () => {
    const bytes = Buffer.from(secret);
    const nonces = new SignedNonces({ secret: bytes });
    bytes.fill(0);
    expect(nonces.check(new SignedNonces({ secret }).issue(NOW), NOW)).toBe('valid');
  });

  it('refuses a nonce with any byte changed', () => {
    const nonces = new SignedNonces({ secret });
    const bytes = Buffer.from(nonces.issue(NOW), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(nonces.check(changed.toString('base64url'), NOW)).toBe('invalid');
    }
  });

  it('refuses a time moved past the lifetime as invalid, not as stale', () => {
    const nonces = new SignedNonces({ secret });
    const bytes = Buffer.from(nonces.issue(NOW), 'base64url');
    bytes.writeUIntBE(NOW - 1_000_000, 0, 6);
    expect(nonces.check(bytes.toString('base64url'), NOW)).toBe('invalid');
  });

  it.each<[string, (nonce: string) => string]>([
    ['nothing', () => ''],
    ['padding', (nonce) => `${nonce}=`],
    ['the nonce twice', (nonce) => nonce + nonce],
    ['a nonce cut short', (nonce) => nonce.slice(0, -1)],
    ['a space in front', (nonce) => ` ${nonce}`],
    ['another spelling of the trailing bits', (nonce) => respell(nonce)],
    ['characters outside the alphabet', () => '!'.repeat(51)],
    ['characters beyond Latin-1', () => 'Ā'.repeat(51)],
    ['the nonce of RFC 7616', () => '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'],
    ['zeroes', () => 'A'.repeat(51)],
    ['a mebibyte', () => 'A'.repeat(MEBIBYTE)],
  ])('refuses %s', (_, change) => {
    const nonces = new SignedNonces({ secret });
    expect(nonces.check(change(nonces.issue(NOW)), NOW)).toBe('invalid');
  });

  it('throws for no text', () => {
    const nonces = new SignedNonces({ secret });
    fc.assert(fc.property(hostileText, (text) => nonces.check(text) === 'invalid'));
  });

  it.each([0, 1, 31])('refuses a secret of %i bytes', (length) => {
    expect(() => new SignedNonces({ secret: new Uint8Array(length) })).toThrow(TypeError);
  });

  it.each([0, -1, NaN])('refuses a lifetime of %d seconds', (lifetime) => {
    expect(() => new SignedNonces({ lifetime })).toThrow(TypeError);
  });
});

// The last character of 51 stands for four bits of data and two that are zero.
function respell(nonce: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(nonce.at(-1)!);
  const respelt = nonce.slice(0, -1) + alphabet[last + 1]!;
  expect(Buffer.from(respelt, 'base64url')).toEqual(Buffer.from(nonce, 'base64url'));
  return respelt;
}
