import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { digestMemoryOf } from '../../lib/schemes/http-digest-space.js';
import type { HTTPDigestOptions } from '../../lib/schemes/http-digest-options.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import {
  attempt,
  findMufasa,
  foreignNonce,
  PASSWORD,
  schemeWith,
  USER,
  verify,
} from './http-digest-attempt.js';
import { digestAnswer, type DigestClient, paramsOf } from './http-digest-client.js';

const STALE = { message: 'The nonce is stale', challenge: expect.stringMatching(/, stale=true$/) };

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('A nonce of HTTPDigest', () => {
  it('T59 replayed with its nc is refused, without stale', async () => {
    const scheme = schemeWith();
    const answer = digestAnswer(scheme.challenge());
    expect(await verify(scheme, answer)).toStrictEqual(USER);
    expect(await verify(scheme, answer)).toBeNull();
  });

  it('T59 replayed 50 times in parallel passes once', async () => {
    const findUser = async () => ({ ...USER, password: PASSWORD });
    const scheme = schemeWith({ findUser });
    const answer = digestAnswer(scheme.challenge());
    const all = await Promise.all(Array.from({ length: 50 }, () => verify(scheme, answer)));
    expect(all.filter(Boolean)).toStrictEqual([USER]);
  });

  it('T59 takes counts out of order, once each, and each nonce has its own', async () => {
    const scheme = schemeWith();
    const [first, second] = [scheme.challenge(), scheme.challenge()];
    for (const nc of [2, 1, 0xab]) {
      expect(await verify(scheme, digestAnswer(first, { nc }))).toStrictEqual(USER);
      expect(await verify(scheme, digestAnswer(first, { nc }))).toBeNull();
      expect(await verify(scheme, digestAnswer(second, { nc }))).toStrictEqual(USER);
    }
  });

  it('T59 tells counts by their number, not by their text', async () => {
    const scheme = schemeWith();
    const challenge = scheme.challenge();
    expect(await verify(scheme, digestAnswer(challenge, { nc: '0000000a' }))).toBeTruthy();
    expect(await verify(scheme, digestAnswer(challenge, { nc: '0000000A' }))).toBeNull();
  });

  it('is not used up by a wrong password', async () => {
    const scheme = schemeWith();
    const challenge = scheme.challenge();
    expect(await verify(scheme, digestAnswer(challenge, { password: 'wrong' }))).toBeNull();
    expect(await verify(scheme, digestAnswer(challenge))).toStrictEqual(USER);
  });

  it('T59 147 expired is stale with a correct digest, and a new one works', async () => {
    const scheme = schemeWith({ nonceLifetime: 60 });
    const challenge = scheme.challenge();
    vi.advanceTimersByTime(60_000);
    expect(await verify(scheme, digestAnswer(challenge))).toStrictEqual(USER);
    vi.advanceTimersByTime(1);
    const refused = await verify(scheme, digestAnswer(challenge, { nc: 2 })).catch((e) => e);
    expect(refused).toBeInstanceOf(InvalidTokenException);
    expect(refused).toMatchObject(STALE);
    expect(await verify(scheme, digestAnswer(refused.challenge))).toStrictEqual(USER);
  });

  it.each<[string, DigestClient]>([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown user', { username: 'Scar' }],
    ['another realm', { sent: { realm: 'other' } }],
    ['another opaque', { sent: { opaque: 'other' } }],
  ])('T59 147 expired is not stale with %s', async (_, client) => {
    const scheme = schemeWith();
    const challenge = scheme.challenge();
    vi.advanceTimersByTime(300_001);
    expect(await verify(scheme, digestAnswer(challenge, client))).toBeNull();
  });

  it('T59 147 that is foreign and old is not stale', async () => {
    const sent = { nonce: foreignNonce() };
    vi.advanceTimersByTime(300_001);
    expect(await attempt(schemeWith(), { sent })).toBeNull();
  });

  it('T60 is valid at every instance with the secret, and after a restart', async () => {
    const nonceSecret = 'x'.repeat(32);
    const class1 = class Staff extends HTTPDigest<string> {};
    const class2 = class Staff extends HTTPDigest<string> {};
    const options = { findUser: findMufasa, nonceSecret };
    const answer = digestAnswer(new class1(options).challenge());
    expect(await verify(new class2(options), answer)).toStrictEqual(USER);
    const bytes = new class2({ ...options, nonceSecret: Buffer.from(nonceSecret) });
    expect(await verify(bytes, answer)).toBeNull();
    const others: HTTPDigestOptions<string>[] = [
      { nonceSecret: 'y'.repeat(32) },
      { realm: 'Other' },
      { schemeName: 'Other' },
    ];
    for (const other of others) {
      const scheme = new class2({ ...options, ...other });
      const foreign = withNonceOf(new class1(options), scheme.challenge());
      expect(await verify(scheme, digestAnswer(foreign))).toBeNull();
    }
  });

  it('T60 is stale, and not replayed, once it was forgotten; new ones are valid', async () => {
    class Staff extends HTTPDigest<string> {}
    const scheme = new Staff({ findUser: findMufasa });
    const [used, unused] = [scheme.challenge(), scheme.challenge()];
    expect(await verify(scheme, digestAnswer(used))).toStrictEqual(USER);
    const { counts } = digestMemoryOf(Staff);
    for (let issued = 0; issued < 10_000; issued++) counts.take(`nonce ${issued}`, Date.now(), 1);
    vi.advanceTimersByTime(1);
    for (const challenge of [used, unused]) {
      await expect(verify(scheme, digestAnswer(challenge))).rejects.toMatchObject(STALE);
      expect(await verify(scheme, digestAnswer(challenge, { password: 'wrong' }))).toBeNull();
    }
    expect(await verify(scheme, digestAnswer(scheme.challenge()))).toStrictEqual(USER);
  });

  it('is remembered where a scheme is made anew for each request', async () => {
    class Staff extends HTTPDigest<string> {}
    const perRequest = () => new Staff({ findUser: findMufasa });
    const answer = digestAnswer(perRequest().challenge());
    expect(await verify(perRequest(), answer)).toStrictEqual(USER);
    expect(await verify(perRequest(), answer)).toBeNull();
  });

  it('is foreign to another class', async () => {
    const [one, other] = [
      class Staff extends HTTPDigest<string> {},
      class Staff extends HTTPDigest<string> {},
    ];
    const options = { findUser: findMufasa };
    const scheme = new other(options);
    const foreign = withNonceOf(new one(options), scheme.challenge());
    expect(await verify(scheme, digestAnswer(foreign))).toBeNull();
    expect(await verify(scheme, digestAnswer(scheme.challenge()))).toStrictEqual(USER);
  });
});

/** The challenge, with a nonce that another scheme issued. */
function withNonceOf(issuer: HTTPDigest<string>, challenge: string): string {
  const { nonce } = paramsOf(challenge);
  return challenge.replace(nonce!, paramsOf(issuer.challenge())['nonce']!);
}
