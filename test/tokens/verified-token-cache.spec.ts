import { hash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JwtJwksUrlOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { tokenKey, VerifiedTokenCache } from '../../lib/tokens/verified-token-cache.js';
import { fakeServer, json } from './http-fixture.js';
import {
  AUDIENCE,
  claims,
  expectRefused,
  hs256,
  ISSUER,
  jwk,
  now,
  otherRsa,
  rs256,
  rsa,
  SECRET,
} from './jwt-fixture.js';

const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  // No clock shows 0, which the cache takes for none.
  later(1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('VerifiedTokenCache', () => {
  const cacheOf = (options = {}) => {
    const cache = new VerifiedTokenCache<number>('Test', options);
    return {
      get: (token: string) => cache.get(tokenKey(token)),
      set: (token: string, value: number, exp: number | undefined) =>
        cache.set(tokenKey(token), value, exp),
      replace: (token: string, value: number) => cache.replace(tokenKey(token), value),
    };
  };
  const far = () => now() + 1e6;

  it('gives back what it was given, for that token only', () => {
    const cache = cacheOf();
    cache.set('a', 1, far());
    cache.set('b', 2, far());
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.get('')]).toEqual([
      1,
      2,
      undefined,
      undefined,
    ]);
  });

  it('lets an entry die after a minute', () => {
    const cache = cacheOf();
    cache.set('a', 1, far());
    later(59.9);
    expect(cache.get('a')).toBe(1);
    later(0.1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets an entry die after maxAge, however often it is used', () => {
    const cache = cacheOf({ maxAge: 10 });
    cache.set('a', 1, undefined);
    for (let i = 0; i < 9; i++) {
      later(1);
      expect(cache.get('a')).toBe(1);
    }
    later(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets an entry die at exp, when that is sooner', () => {
    const cache = cacheOf();
    vi.setSystemTime(1_700_000_000_000);
    cache.set('a', 1, now() + 5);
    later(4.9);
    expect(cache.get('a')).toBe(1);
    later(0.1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('keeps nothing that has expired, or is not to be kept', () => {
    const cache = cacheOf();
    cache.set('a', 1, now());
    expect(cache.get('a')).toBeUndefined();
    const ageless = cacheOf({ maxAge: 0 });
    ageless.set('a', 1, far());
    expect(ageless.get('a')).toBeUndefined();
  });

  it('lets nothing go for what it does not keep', () => {
    const cache = cacheOf({ maxEntries: 1 });
    cache.set('a', 1, far());
    cache.set('b', 2, now());
    expect(cache.get('a')).toBe(1);
  });

  it.each([
    [{ maxEntries: 2 }, 2],
    [{ maxEntries: 2.9 }, 2],
    [{}, 1000],
  ])('never holds more than it may: %j', (options, most) => {
    const cache = cacheOf(options);
    for (let i = 0; i < most + 500; i++) cache.set(`${i}`, i, far());
    const held = Array.from({ length: most + 500 }, (_, i) => cache.get(`${i}`));
    expect(held.filter((value) => value !== undefined)).toHaveLength(most);
    expect(held.at(-1)).toBe(most + 499);
  });

  it('lets the one go that is unused for longest', () => {
    const cache = cacheOf({ maxEntries: 2 });
    cache.set('a', 1, far());
    cache.set('b', 2, far());
    cache.get('a');
    cache.set('c', 3, far());
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('replaces a value for no longer than it had', () => {
    const cache = cacheOf({ maxAge: 10 });
    cache.set('a', 1, far());
    later(9);
    cache.replace('a', 2);
    cache.replace('b', 2);
    expect([cache.get('a'), cache.get('b')]).toEqual([2, undefined]);
    later(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it.each([1, 2, 3, 7, 64, 100])(
    'holds with %i entries what a list of them would',
    (maxEntries) => {
      const cache = cacheOf({ maxEntries });
      const list: string[] = [];
      const use = (token: string) => {
        const at = list.indexOf(token);
        if (at !== -1) list.splice(at, 1);
        list.push(token);
        if (list.length > maxEntries) list.shift();
      };
      // Numbers that come back soon, later and never, in an order that is the same each time.
      for (let i = 1, random = 1; i <= 3000; i++) {
        random = (random * 48_271) % 2_147_483_647;
        const token = `${random % (2 * maxEntries + 1)}`;
        const isHeld = list.includes(token);
        expect(cache.get(token) !== undefined).toBe(isHeld);
        if (isHeld || random % 3 > 0) {
          if (!isHeld) cache.set(token, i, far());
          use(token);
        }
      }
    },
  );

  it('replaces an entry without letting another go', () => {
    const cache = cacheOf({ maxEntries: 2 });
    cache.set('a', 1, far());
    cache.set('b', 2, far());
    cache.set('b', 3, far());
    expect([cache.get('a'), cache.get('b')]).toEqual([1, 3]);
  });
});

describe('JwtVerifier with a cache', () => {
  const options = { issuer: ISSUER, audience: AUDIENCE };
  const cached = (cache = {}) => JwtVerifier.fromSecret(SECRET, { ...options, cache });
  const verifications = () => vi.spyOn(crypto.subtle, 'verify');

  it('checks a signature once, and hands out the same frozen answer', async () => {
    const checked = verifications();
    const verifier = cached();
    const token = hs256(claims({ roles: ['user'] }));
    const first = await verifier.verify(token);
    const second = await verifier.verify(token);
    expect(second).toEqual(first);
    expect(await verifier.verify(token)).toBe(second);
    expect(checked).toHaveBeenCalledTimes(1);
    for (const { claims: said } of [first, second]) {
      expect(() => (said['roles'] as string[]).push('admin')).toThrow(TypeError);
    }
  });

  it('keeps nothing of what a token says until it is sent again', async () => {
    const verifier = cached();
    const token = hs256(claims({ sub: 'canary' }));
    const shown = () => inspect(verifier, { depth: Infinity, maxArrayLength: Infinity });
    await verifier.verify(token);
    expect(shown()).not.toContain('canary');
    await verifier.verify(token);
    expect(shown()).toContain('canary');
  });

  it('has one unless told otherwise, for a minute', async () => {
    const checked = verifications();
    const verifier = JwtVerifier.fromSecret(SECRET, options);
    const token = hs256(claims({ exp: now() + 1000 }));
    await verifier.verify(token);
    later(59);
    await verifier.verify(token);
    expect(checked).toHaveBeenCalledTimes(1);
    later(1);
    await verifier.verify(token);
    expect(checked).toHaveBeenCalledTimes(2);
  });

  it('without one, checks it each time', async () => {
    const checked = verifications();
    const verifier = JwtVerifier.fromSecret(SECRET, { ...options, cache: false });
    const token = hs256();
    await verifier.verify(token);
    await verifier.verify(token);
    expect(checked).toHaveBeenCalledTimes(2);
  });

  it('checks it again after maxAge', async () => {
    const checked = verifications();
    const verifier = cached({ maxAge: 10 });
    const token = hs256();
    await verifier.verify(token);
    later(10);
    await verifier.verify(token);
    expect(checked).toHaveBeenCalledTimes(2);
  });

  it('does not mix up two tokens that differ in their signature or in a claim', async () => {
    const verifier = cached();
    const [ada, eve] = [hs256(claims({ sub: 'ada' })), hs256(claims({ sub: 'eve' }))];
    expect((await verifier.verify(ada)).claims.sub).toBe('ada');
    expect((await verifier.verify(eve)).claims.sub).toBe('eve');
    expect((await verifier.verify(ada)).claims.sub).toBe('ada');
    const [header, payload, signature = ''] = ada.split('.');
    await expectRefused(
      verifier.verify(`${header}.${payload}.${[...signature].reverse().join('')}`),
    );
    await expectRefused(verifier.verify(`${header}.${payload}.`));
  });

  it('holds no token, only its SHA-256', async () => {
    const remembering = JwtVerifier.fromSecret(SECRET, { issuer: ISSUER, audience: AUDIENCE });
    const token = hs256(claims());
    await remembering.verify(token);
    await remembering.verify(token);
    const { cache } = remembering as unknown as { cache: { table: { keys: Uint8Array } } };
    expect(Buffer.from(cache.table.keys.subarray(0, 32)).toString('hex')).toBe(
      hash('sha256', token),
    );
    expect(inspect(remembering, { depth: Infinity, maxStringLength: Infinity })).not.toContain(
      token.split('.')[2],
    );
  });

  it('knows no other spelling of what it remembers, once or twice seen', async () => {
    const verifier = cached();
    const tokens = [hs256(claims()), hs256(claims({ a: 'x' }), { kid: 'b' })];
    await verifier.verify(tokens[0]!);
    for (const token of [tokens[1]!, tokens[1]!]) await verifier.verify(token);
    const change = fc.record({
      token: fc.constantFrom(...tokens),
      at: fc.nat({ max: 400 }),
      removed: fc.nat({ max: 3 }),
      added: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom('=', '==', ' ', '\n', '.', '\0', 'A', '-', '_', '+', '/', '%3D', '\uFEFF'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ token, at, removed, added }) => {
        const changed = token.slice(0, at) + added + token.slice(at + removed);
        fc.pre(!tokens.includes(changed));
        expect(verifier.verifyFromCache(changed)).toBeUndefined();
        await expectRefused(verifier.verify(changed));
      }),
      { numRuns: 500 },
    );
  });

  it('does not share what it remembers with another verifier', async () => {
    const token = hs256();
    await cached().verify(token);
    const other = JwtVerifier.fromSecret(SECRET, { issuer: ISSUER, audience: 'other', cache: {} });
    await expectRefused(other.verify(token), 'The audience is not accepted');
  });

  it('remembers no refusal', async () => {
    const verifier = cached();
    const token = hs256(claims({ nbf: now() + 10 }));
    await expectRefused(verifier.verify(token), 'The token is not valid yet');
    later(10);
    await verifier.verify(token);
    const unsigned = token.slice(0, token.lastIndexOf('.') + 1);
    await expectRefused(verifier.verify(unsigned));
    await expectRefused(verifier.verify(unsigned));
  });

  it('refuses a remembered token that has expired', async () => {
    const verifier = cached();
    const token = hs256(claims({ exp: now() + 20 }));
    await verifier.verify(token);
    later(25);
    await expectRefused(verifier.verify(token), 'The token expired');
  });

  it('refuses a remembered token when the clock was set', async () => {
    const verifier = cached();
    const token = hs256(claims({ nbf: now(), exp: now() + 300 }));
    await verifier.verify(token);
    vi.setSystemTime(Date.now() + 305_000);
    await expectRefused(verifier.verify(token), 'The token expired');
    vi.setSystemTime(Date.now() - 400_000);
    await expectRefused(verifier.verify(token), 'The token is not valid yet');
  });

  it('refuses a remembered token that has become too old', async () => {
    const verifier = JwtVerifier.fromSecret(SECRET, {
      ...options,
      cache: {},
      maxTokenAge: 30,
      clockTolerance: 0,
    });
    const token = hs256(claims({ iat: now() - 20 }));
    await verifier.verify(token);
    later(10);
    await verifier.verify(token);
    later(1);
    await expectRefused(verifier.verify(token), 'The token is too old');
  });

  it('refuses the bytes of a remembered token', async () => {
    const verifier = cached();
    const token = hs256();
    await verifier.verify(token);
    const bytes = Buffer.from(token) as unknown as string;
    await expectRefused(verifier.verify(bytes), 'The token is malformed');
  });

  it('gives what it remembers without a promise, while it holds', async () => {
    const verifier = cached();
    const token = hs256(claims({ exp: now() + 20 }));
    expect(verifier.verifyFromCache(token)).toBeUndefined();
    const verified = await verifier.verify(token);
    expect(verifier.verifyFromCache(token)).toEqual(verified);
    expect(verifier.verifyFromCache(`${token}A`)).toBeUndefined();
    expect(verifier.verifyFromCache(Buffer.from(token) as unknown as string)).toBeUndefined();
    later(25);
    expect(verifier.verifyFromCache(token)).toBeUndefined();
  });

  it('gives nothing without a promise where it remembers nothing', async () => {
    const verifier = JwtVerifier.fromSecret(SECRET, { ...options, cache: false });
    const token = hs256();
    await verifier.verify(token);
    expect(verifier.verifyFromCache(token)).toBeUndefined();
  });

  it('never remembers a token that only the tolerance lets pass', async () => {
    const checked = verifications();
    const verifier = cached();
    const token = hs256(claims({ exp: now() - 2 }));
    await verifier.verify(token);
    await verifier.verify(token);
    expect(checked).toHaveBeenCalledTimes(2);
  });
});

describe('JwtVerifier with a cache, when keys change:', () => {
  const keyA = jwk(rsa.publicKey, { kid: 'a' });
  const keyB = jwk(otherRsa.publicKey, { kid: 'b' });
  const long = () => claims({ exp: now() + 1e5 });

  async function served(options: Partial<JwtJwksUrlOptions> = {}) {
    const server = await fakeServer({ '/': json({ keys: [keyA] }) });
    const verifier = JwtVerifier.fromJwksUrl(server.url, {
      issuer: ISSUER,
      audience: AUDIENCE,
      cache: { maxAge: 1000 },
      ...options,
    });
    return { server, verifier };
  }

  it('what the old keys verified is forgotten', async () => {
    const { server, verifier } = await served();
    const token = rs256(long(), { kid: 'a' });
    await verifier.verify(token);
    server.answers['/'] = json({ keys: [keyB] });
    later(30);
    await verifier.verify(token);
    expect(verifier.verifyFromCache(token)).toBeDefined();
    await verifier.verify(rs256(long(), { kid: 'b' }, otherRsa.privateKey));
    expect(verifier.verifyFromCache(token)).toBeUndefined();
    await expectRefused(verifier.verify(token), 'The signing key is unknown');
  });

  it('a withdrawn key is noticed when keys are due, though all tokens are remembered', async () => {
    const { server, verifier } = await served({ cache: { maxAge: 10_000 }, maxAge: 100 });
    const token = rs256(long(), { kid: 'a' });
    await verifier.verify(token);
    server.answers['/'] = json({ keys: [keyB] });
    later(99);
    expect(verifier.verifyFromCache(token)).toBeDefined();
    later(1);
    expect(verifier.verifyFromCache(token)).toBeUndefined();
    await expectRefused(verifier.verify(token), 'The signing key is unknown');
  });

  it('a fetch of the same keys forgets nothing', async () => {
    const { verifier } = await served();
    const token = rs256(long(), { kid: 'a' });
    await verifier.verify(token);
    const checked = vi.spyOn(crypto.subtle, 'verify');
    later(30);
    await expectRefused(verifier.verify(rs256(long(), { kid: 'x' })));
    await verifier.verify(token);
    expect(checked).not.toHaveBeenCalled();
  });

  it('what an old key verified meanwhile is not remembered', async () => {
    const { server, verifier } = await served();
    await verifier.verify(rs256(long(), { kid: 'a' }));
    server.answers['/'] = json({ keys: [keyB] });
    later(30);
    const late = rs256(claims({ exp: now() + 1e5, jti: 'late' }), { kid: 'a' });
    const original = crypto.subtle.verify.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, 'verify').mockImplementationOnce(async (...given) => {
      await verifier.verify(rs256(long(), { kid: 'b' }, otherRsa.privateKey));
      return original(...given);
    });
    await verifier.verify(late);
    await expectRefused(verifier.verify(late), 'The signing key is unknown');
  });
});
