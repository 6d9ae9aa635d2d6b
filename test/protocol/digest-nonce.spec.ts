import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestNonceCounts, DigestNonces, issueTime } from '../../lib/protocol/digest-nonce.js';
import { hostileText, MEBIBYTE } from './hostile-text.js';

const NOW = Date.UTC(2026, 0, 1);
const secret = Buffer.alloc(32, 'a');

describe('DigestNonces', () => {
  it('issues a nonce that is base64url of 38 bytes', () => {
    expect(new DigestNonces().issue()).toMatch(/^[A-Za-z0-9_-]{51}$/);
  });

  it('issues another nonce each time', () => {
    const nonces = new DigestNonces();
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
    const nonces = new DigestNonces();
    expect(nonces.check(nonces.issue(NOW), NOW + age)).toBe(expected);
  });

  it('takes the time of the system by default', () => {
    const nonces = new DigestNonces();
    expect(nonces.check(nonces.issue())).toBe('valid');
  });

  it('takes a lifetime in seconds', () => {
    const nonces = new DigestNonces({ lifetime: 1 });
    const nonce = nonces.issue(NOW);
    expect(nonces.check(nonce, NOW + 1000)).toBe('valid');
    expect(nonces.check(nonce, NOW + 1001)).toBe('stale');
  });

  it('checks a nonce of another instance with its secret', () => {
    const nonce = new DigestNonces({ secret }).issue(NOW);
    expect(new DigestNonces({ secret }).check(nonce, NOW)).toBe('valid');
  });

  it('refuses a nonce of another instance with a secret of its own', () => {
    const nonce = new DigestNonces().issue(NOW);
    expect(new DigestNonces().check(nonce, NOW)).toBe('invalid');
    expect(new DigestNonces({ secret }).check(nonce, NOW)).toBe('invalid');
  });

  it('refuses a nonce for another space', () => {
    const nonce = new DigestNonces({ secret, space: 'a' }).issue(NOW);
    expect(new DigestNonces({ secret, space: 'a' }).check(nonce, NOW)).toBe('valid');
    expect(new DigestNonces({ secret, space: 'b' }).check(nonce, NOW)).toBe('invalid');
    expect(new DigestNonces({ secret }).check(nonce, NOW)).toBe('invalid');
  });

  it('has one opaque for each secret and space', () => {
    const { opaque } = new DigestNonces({ secret, space: 'a' });
    expect(opaque).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new DigestNonces({ secret, space: 'a', lifetime: 1 }).opaque).toBe(opaque);
    expect(new DigestNonces({ secret, space: 'b' }).opaque).not.toBe(opaque);
    expect(new DigestNonces({ space: 'a' }).opaque).not.toBe(opaque);
  });

  it('tells when a nonce was issued', () => {
    expect(issueTime(new DigestNonces().issue(NOW))).toBe(NOW);
  });

  it('keeps its secret when the caller overwrites the bytes', () => {
    const bytes = Buffer.from(secret);
    const nonces = new DigestNonces({ secret: bytes });
    bytes.fill(0);
    expect(nonces.check(new DigestNonces({ secret }).issue(NOW), NOW)).toBe('valid');
  });

  it('refuses a nonce with any byte changed', () => {
    const nonces = new DigestNonces({ secret });
    const bytes = Buffer.from(nonces.issue(NOW), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(nonces.check(changed.toString('base64url'), NOW)).toBe('invalid');
    }
  });

  it('refuses a time moved past the lifetime as invalid, not as stale', () => {
    const nonces = new DigestNonces({ secret });
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
    const nonces = new DigestNonces({ secret });
    expect(nonces.check(change(nonces.issue(NOW)), NOW)).toBe('invalid');
  });

  it('throws for no text', () => {
    const nonces = new DigestNonces({ secret });
    fc.assert(fc.property(hostileText, (text) => nonces.check(text) === 'invalid'));
  });

  it.each([0, 1, 31])('refuses a secret of %i bytes', (length) => {
    expect(() => new DigestNonces({ secret: new Uint8Array(length) })).toThrow(TypeError);
  });

  it.each([0, -1, NaN])('refuses a lifetime of %d seconds', (lifetime) => {
    expect(() => new DigestNonces({ lifetime })).toThrow(TypeError);
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

describe('DigestNonceCounts', () => {
  it('takes the counts of a client one after another', () => {
    const counts = new DigestNonceCounts();
    for (let count = 1; count <= 1000; count++) expect(counts.take('a', NOW, count)).toBe('taken');
  });

  it('takes each count once', () => {
    const counts = new DigestNonceCounts();
    expect(counts.take('a', NOW, 1)).toBe('taken');
    expect(counts.take('a', NOW, 1)).toBe('replayed');
    expect(counts.take('a', NOW, 2)).toBe('taken');
    expect(counts.take('a', NOW, 1)).toBe('replayed');
    expect(counts.take('a', NOW, 2)).toBe('replayed');
  });

  it('takes counts that overtook each other, once each', () => {
    const counts = new DigestNonceCounts();
    const order = [3, 1, 5, 4, 2];
    expect(order.map((count) => counts.take('a', NOW, count))).toEqual(order.map(() => 'taken'));
    expect(order.map((count) => counts.take('a', NOW, count))).toEqual(order.map(() => 'replayed'));
  });

  it('counts each nonce for itself', () => {
    const counts = new DigestNonceCounts();
    expect(counts.take('a', NOW, 1)).toBe('taken');
    expect(counts.take('b', NOW, 1)).toBe('taken');
  });

  it('takes a first count that is not 1', () => {
    const counts = new DigestNonceCounts();
    expect(counts.take('a', NOW, 7)).toBe('taken');
    expect(counts.take('a', NOW, 6)).toBe('taken');
  });

  it.each([0, -1, NaN])('never takes the count %d', (count) => {
    expect(new DigestNonceCounts().take('a', NOW, count)).toBe('replayed');
  });

  it.each([
    [127, 'taken'],
    [128, 'replayed'],
    [129, 'replayed'],
  ])('answers a count %i behind the highest with %s', (behind, expected) => {
    const counts = new DigestNonceCounts();
    counts.take('a', NOW, 1000);
    expect(counts.take('a', NOW, 1000 - behind)).toBe(expected);
  });

  it('remembers every count of the window after the highest count moved', () => {
    const counts = new DigestNonceCounts();
    counts.take('a', NOW, 1);
    counts.take('a', NOW, 128);
    expect(counts.take('a', NOW, 1)).toBe('replayed');
    expect(counts.take('a', NOW, 2)).toBe('taken');
  });

  it('survives a leap to the last count there is', () => {
    const counts = new DigestNonceCounts();
    counts.take('a', NOW, 1);
    expect(counts.take('a', NOW, 0xffffffff)).toBe('taken');
    expect(counts.take('a', NOW, 0xffffffff)).toBe('replayed');
    expect(counts.take('a', NOW, 1)).toBe('replayed');
    expect(counts.take('a', NOW, 0xfffffffe)).toBe('taken');
  });

  it('never takes a count twice, and any that is new and not far behind', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 })), (sent) => {
        const counts = new DigestNonceCounts();
        const taken = new Set<number>();
        let highest = 0;
        for (const count of sent) {
          const expected = !taken.has(count) && count > highest - 128;
          expect(counts.take('a', NOW, count)).toBe(expected ? 'taken' : 'replayed');
          if (expected) taken.add(count);
          highest = Math.max(highest, count);
        }
      }),
    );
  });

  describe('when it is full', () => {
    function full(): DigestNonceCounts {
      const counts = new DigestNonceCounts(2);
      counts.take('oldest', NOW, 1);
      counts.take('older', NOW + 10, 1);
      counts.take('new', NOW + 20, 1);
      return counts;
    }

    it('takes a nonce that was issued since, and stays as large as it is', () => {
      const counts = full();
      expect(counts.size).toBe(2);
      expect(counts.take('newest', NOW + 30, 1)).toBe('taken');
      expect(counts.size).toBe(2);
    });

    it('never takes again what came with the nonce it forgot', () => {
      expect(full().take('oldest', NOW, 1)).toBe('forgotten');
      expect(full().take('oldest', NOW, 2)).toBe('forgotten');
    });

    it('takes no nonce as old as the one it forgot', () => {
      expect(full().take('unused', NOW, 1)).toBe('forgotten');
      expect(full().take('unused', NOW + 1, 1)).toBe('taken');
    });

    it('goes on with the nonces it knows', () => {
      const counts = full();
      expect(counts.take('older', NOW + 10, 1)).toBe('replayed');
      expect(counts.take('older', NOW + 10, 2)).toBe('taken');
    });

    it('does not take back that it forgot, when it forgets an older nonce', () => {
      const counts = new DigestNonceCounts(2);
      counts.take('new', NOW + 10, 1);
      counts.take('old, used late', NOW, 1);
      counts.take('newer', NOW + 20, 1);
      counts.take('newest', NOW + 30, 1);
      expect(counts.take('new', NOW + 10, 1)).toBe('forgotten');
      expect(counts.take('old, used late', NOW, 1)).toBe('forgotten');
    });
  });

  it('T60 stays bounded, replay-proof and open to new nonces over 100,000 of them', () => {
    const counts = new DigestNonceCounts();
    let taken = 0;
    for (let issued = 0; issued < 100_000; issued++) {
      if (counts.take(`nonce ${issued}`, NOW + issued, 1) === 'taken') taken++;
    }
    expect(taken).toBe(100_000);
    expect(counts.size).toBe(10_000);
    for (const issued of [0, 89_999, 90_000, 99_999]) {
      expect(counts.take(`nonce ${issued}`, NOW + issued, 1)).not.toBe('taken');
    }
  });
});
