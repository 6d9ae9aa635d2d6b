import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JwtJwksUrlOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { fakeServer, json, outages, silence, status } from './http-fixture.js';
import {
  AUDIENCE,
  claims,
  compact,
  expectRefused,
  expectUnavailable,
  ISSUER,
  jwk,
  otherRsa,
  rs256,
  rsa,
} from './jwt-fixture.js';

const PATH = '/keys.json';
const keyA = jwk(rsa.publicKey, { kid: 'a' });
const keyB = jwk(otherRsa.publicKey, { kid: 'b' });
const tokenOf = (kid: string, key = rsa.privateKey, changed = {}) =>
  rs256(claims({ exp: Math.floor(Date.now() / 1000) + 1e6, ...changed }), { kid }, key);
const tokenA = () => tokenOf('a');
const tokenB = () => tokenOf('b', otherRsa.privateKey);
/** Whose key is unknown: its signature is never looked at. */
const unknown = (kid: string) => compact({ alg: 'RS256', kid }, claims());
const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function served(options: Partial<JwtJwksUrlOptions> = {}) {
  const server = await fakeServer({ [PATH]: json({ keys: [keyA] }) });
  const verifier = JwtVerifier.fromJwksUrl(server.url + PATH, {
    issuer: ISSUER,
    audience: AUDIENCE,
    ...options,
  });
  return { server, verifier };
}

describe('JwtVerifier.fromJwksUrl', () => {
  it('fetches when first needed, and then no more', async () => {
    const { server, verifier } = await served();
    expect(server.requests).toEqual([]);
    await verifier.verify(tokenA());
    await verifier.verify(tokenA());
    expect(server.requests).toEqual([PATH]);
    expect(server.last.headers.accept).toBe('application/json, application/jwk-set+json');
  });

  it.each(['application/jwk-set+json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'accepts %s',
    async (contentType) => {
      const { server, verifier } = await served();
      server.answers[PATH] = json({ keys: [keyA] }, contentType);
      await verifier.verify(tokenA());
    },
  );

  it('fetches anew after 10 minutes', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(599);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(1);
    later(1);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(2);
  });

  it('fetches anew after maxAge, even within the cooldown', async () => {
    const { server, verifier } = await served({ maxAge: 10 });
    await verifier.verify(tokenA());
    later(10);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(2);
  });

  it('does not let a withdrawn key serve beyond maxAge', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [keyB] });
    later(600);
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
    await verifier.verify(tokenB());
  });

  it('takes an emptied set at its word', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [] });
    later(600);
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
  });

  it('never lets a secret of the set verify', async () => {
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys: [{ kty: 'oct', k: 'x'.repeat(43), kid: 'a' }] });
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
  });
});

describe('T44 JwtVerifier, when the key set is not to be had:', () => {
  // Long enough for what a server answers at once, short enough to wait for what it does not.
  const limits = { timeout: 0.25, maxResponseSize: 4096 };

  it.each(outages)('%s: 503, then recovers', async (_, answer) => {
    const { server, verifier } = await served(limits);
    const good = server.answers[PATH]!;
    server.answers[PATH] = answer;
    await expectUnavailable(verifier.verify(tokenA()));
    server.answers[PATH] = good;
    await verifier.verify(tokenA());
    expect(server.requests).toEqual([PATH, PATH]);
  });

  it.each(outages)(
    '%s: known keys serve on, unknown ones are no fault of the token',
    async (_, answer) => {
      const { server, verifier } = await served(limits);
      await verifier.verify(tokenA());
      server.answers[PATH] = answer;
      later(600);
      await verifier.verify(tokenA());
      await verifier.verify(tokenA());
      await expectUnavailable(verifier.verify(tokenB()));
      expect(server.requests).toHaveLength(2);
    },
  );

  it('a server that is not there: 503', async () => {
    const { server, verifier } = await served();
    const gone = await fakeServer();
    expect(gone.url).not.toBe(server.url);
    const nobody = JwtVerifier.fromJwksUrl('http://127.0.0.1:1/', {
      issuer: ISSUER,
      audience: AUDIENCE,
    });
    await expectUnavailable(nobody.verify(tokenA()));
    await verifier.verify(tokenA());
  });

  it('a redirect is not followed', async () => {
    const { server, verifier } = await served();
    const elsewhere = await fakeServer({ '/': json({ keys: [keyA] }) });
    server.answers[PATH] = status(307, { location: elsewhere.url });
    await expectUnavailable(verifier.verify(tokenA()));
    expect(elsewhere.requests).toEqual([]);
  });

  it('an answer that is too long is cut off, not read to its end', async () => {
    const { server, verifier } = await served({ maxResponseSize: 1000 });
    const set = JSON.stringify({ keys: [keyA] });
    server.answers[PATH] = json(set + ' '.repeat(1000 - set.length));
    await verifier.verify(tokenA());
    later(600);
    server.answers[PATH] = json(set + ' '.repeat(1001 - set.length));
    await expectUnavailable(verifier.verify(tokenB()));
  });

  it.each([
    [500, 'application/json'],
    [200, 'text/html'],
    [200, 'application/json'],
  ])('an answer without end, %i and %s, is hung up on', async (code, contentType) => {
    const { server, verifier } = await served({ timeout: 60 });
    const hungUp = new Promise((resolve) => {
      server.answers[PATH] = (response) => {
        response.on('close', resolve);
        response.writeHead(code, { 'content-type': contentType }).write('x'.repeat(300_000));
      };
    });
    await expectUnavailable(verifier.verify(tokenA()));
    await hungUp;
  });

  it('its limit is 256 KiB unless told otherwise', async () => {
    const { server, verifier } = await served();
    const set = JSON.stringify({ keys: [keyA] });
    server.answers[PATH] = json(set + ' '.repeat(262_145 - set.length));
    await expectUnavailable(verifier.verify(tokenA()));
    server.answers[PATH] = json(set + ' '.repeat(262_144 - set.length));
    await verifier.verify(tokenA());
  });

  it('known keys serve on for a day, not for ever', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600 + 86_399);
    await verifier.verify(tokenA());
    later(1);
    await expectUnavailable(verifier.verify(tokenA()));
  });

  it('or for as long as staleIfError says', async () => {
    const { server, verifier } = await served({ staleIfError: 0 });
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600);
    await expectUnavailable(verifier.verify(tokenA()));
  });

  it('a failing server is asked once per cooldown while known keys serve', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600);
    for (let i = 0; i < 5; i++) await verifier.verify(tokenA());
    for (let i = 0; i < 5; i++) await expectUnavailable(verifier.verify(tokenB()));
    expect(server.requests).toHaveLength(2);
    later(30);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(3);
  });

  it('it recovers once the cooldown is over', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(30);
    await expectUnavailable(verifier.verify(tokenB()));
    server.answers[PATH] = json({ keys: [keyA, keyB] });
    later(29);
    await expectUnavailable(verifier.verify(tokenB()));
    later(1);
    await verifier.verify(tokenB());
  });
});

describe('T45 JwtVerifier, when keys are rotated:', () => {
  it('a new key is fetched once, and the old one serves on', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [keyA, keyB] });
    later(30);
    await verifier.verify(tokenB());
    await verifier.verify(tokenB());
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(2);
  });

  it('a new key is unknown until the cooldown is over', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [keyB] });
    later(29);
    await expectRefused(verifier.verify(tokenB()), 'The signing key is unknown');
    expect(server.requests).toHaveLength(1);
    later(1);
    await verifier.verify(tokenB());
  });

  it('an old key under a new kid is a new key', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [{ ...keyB, kid: 'a' }] });
    later(600);
    await expectRefused(verifier.verify(tokenA()), 'The signature is wrong');
  });
});

describe('T46 JwtVerifier, flooded with 1000 unknown keys:', () => {
  const flood = (verifier: JwtVerifier, from = 0) =>
    Array.from({ length: 1000 }, (_, i) => verifier.verify(unknown(`${from + i}`.repeat(1000))));

  it('fetches at most once per cooldown, one after the other', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(30);
    for (let i = 0; i < 1000; i++) await expectRefused(verifier.verify(unknown(`${i}`)));
    expect(server.requests).toHaveLength(2);
    later(30);
    for (let i = 0; i < 100; i++) await expectRefused(verifier.verify(unknown(`x${i}`)));
    expect(server.requests).toHaveLength(3);
  });

  it('fetches at most once per cooldown, all at once', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(30);
    await Promise.all(flood(verifier).map((answer) => expectRefused(answer)));
    expect(server.requests).toHaveLength(2);
  });

  it('fetches at most once per cooldown while the server is down', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(30);
    await Promise.all(flood(verifier).map(expectUnavailable));
    await Promise.all(flood(verifier).map(expectUnavailable));
    expect(server.requests).toHaveLength(2);
  });

  it('remembers nothing of them', async () => {
    const { verifier } = await served({ cache: {} });
    await verifier.verify(tokenA());
    await Promise.allSettled(flood(verifier));
    const before = heapUsed();
    for (let round = 1; round <= 3; round++) {
      await Promise.allSettled(flood(verifier, round * 1000));
    }
    // Each kid has 3000 characters or more: kept, 3000 of them were ten megabytes.
    expect(heapUsed() - before).toBeLessThan(4_000_000);
  });

  function heapUsed(): number {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    collectGarbage();
    collectGarbage();
    return process.memoryUsage().heapUsed;
  }
});

describe('T47 JwtVerifier, starting cold under load:', () => {
  it('100 tokens at once make one request', async () => {
    const { server, verifier } = await served();
    const token = tokenA();
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)));
    expect(server.requests).toEqual([PATH]);
  });

  it('100 tokens at once make one request when it fails, and all hear of it', async () => {
    const { server, verifier } = await served({ timeout: 0.25 });
    server.answers[PATH] = silence;
    const token = tokenA();
    const answers = Array.from({ length: 100 }, () => verifier.verify(token));
    await Promise.all(answers.map(expectUnavailable));
    expect(server.requests).toEqual([PATH]);
  });

  it('an unknown key makes one request, not two', async () => {
    const { server, verifier } = await served();
    await expectRefused(verifier.verify(tokenB()), 'The signing key is unknown');
    expect(server.requests).toEqual([PATH]);
  });

  it('a token that is refused anyway makes none', async () => {
    const { server, verifier } = await served();
    await expectRefused(verifier.verify('a.b.c'));
    await expectRefused(verifier.verify(rs256(claims(), { alg: 'HS256' })));
    await expectRefused(verifier.verify(rs256(claims(), { crit: ['x'], x: 1 })));
    expect(server.requests).toEqual([]);
  });
});
