import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestNonceCounts } from '../../lib/protocol/digest-nonce-counts.js';

const NOW = Date.UTC(2026, 0, 1);

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
