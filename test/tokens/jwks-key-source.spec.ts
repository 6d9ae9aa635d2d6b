import { generateKeyPairSync } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JwtJwksUrlOptions } from '../../lib/tokens/jwt-verifier.options.js';
import { JwtVerifier } from '../../lib/tokens/jwt-verifier.js';
import { fakeServer, json, keySetOutages, silence, status } from './http-fixture.js';
import {
  AUDIENCE,
  claims,
  compact,
  expectRefused,
  expectUnavailable,
  ISSUER,
  jwk,
  otherRsa,
  p256,
  rs256,
  rsa,
  signer,
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

const named = { issuer: ISSUER, audience: AUDIENCE };

async function served(options: Partial<JwtJwksUrlOptions> = {}) {
  const server = await fakeServer({ [PATH]: json({ keys: [keyA] }) });
  const verifier = JwtVerifier.fromJwksUrl(server.url + PATH, {
    ...named,
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

  it.each([
    'application/jwk-set+json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'text/plain',
    'text/plain; charset=utf-8',
    'application/octet-stream',
    'binary/octet-stream',
  ])('accepts %s', async (contentType) => {
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys: [keyA] }, contentType);
    await verifier.verify(tokenA());
  });

  it('accepts a file that begins with a byte order mark', async () => {
    const { server, verifier } = await served();
    server.answers[PATH] = json(`\uFEFF${JSON.stringify({ keys: [keyA] })}`, 'text/plain');
    await verifier.verify(tokenA());
  });

  describe('of a set with 150 keys of use', () => {
    const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = jwk(p256.publicKey, { alg: 'ES256' });
    const setWithMineAt = (...places: number[]) => {
      const keyAt = (at: number) => (places.includes(at) ? jwk(mine.publicKey) : other);
      const keys = Array.from({ length: 150 }, (_, at) => ({ ...keyAt(at), kid: `${at}` }));
      return json({ keys });
    };
    const signed = (kid?: string) =>
      compact(
        { alg: 'ES256', kid },
        claims({ exp: Math.floor(Date.now() / 1000) + 1e6 }),
        signer('ES256', mine.privateKey),
      );

    it('takes the first 100', async () => {
      const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
      const { server, verifier } = await served();
      server.answers[PATH] = setWithMineAt(99, 100);
      await verifier.verify(signed('99'));
      await expectRefused(verifier.verify(signed('100')), 'The signing key is unknown');
      expect(log.mock.calls.flat().join()).toContain('50 more');
      log.mockRestore();
    });

    it('tries 20 for a token that names none', async () => {
      const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
      const { server, verifier } = await served();
      server.answers[PATH] = setWithMineAt(19);
      await verifier.verify(signed());
      server.answers[PATH] = setWithMineAt(20);
      later(601);
      await expectRefused(verifier.verify(signed()), 'The signature is wrong');
      log.mockRestore();
    });
  });

  it('fetches anew after 10 minutes', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(539);
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: '1' }));
    expect(server.requests).toHaveLength(1);
    later(61);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(2);
  });

  it('fetches ahead of that, and lets nobody wait', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    let answer = () => {};
    server.answers[PATH] = (response, request) => {
      answer = () => json({ keys: [keyB] })(response, request);
    };
    later(540);
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: '1' }));
    await expect.poll(() => server.requests.length).toBe(2);
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: '2' }));
    const waiting = verifier.verify(tokenB());
    answer();
    await waiting;
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
    expect(server.requests).toHaveLength(2);
  });

  it('fetches ahead in vain without harm', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(540);
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: '1' }));
    await expect.poll(() => server.requests.length).toBe(2);
    server.answers[PATH] = json({ keys: [keyA, keyB] });
    later(2);
    await verifier.verify(tokenB());
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

  it('does not take an emptied set for a withdrawal of all keys', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [] });
    later(600);
    await verifier.verify(tokenA());
    later(86_400);
    await expectUnavailable(verifier.verify(tokenA()));
  });

  it('never lets a secret of the set verify', async () => {
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys: [{ kty: 'oct', k: 'x'.repeat(43), kid: 'a' }, keyB] });
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
  });
});

describe('JwtVerifier, when the key set is not to be had:', () => {
  // Long enough for what a server answers at once, short enough to wait for what it does not.
  const limits = { timeout: 0.25, maxResponseSize: 4096 };

  it.each(keySetOutages)('%s: 503, then recovers', async (_, answer) => {
    const { server, verifier } = await served(limits);
    const good = server.answers[PATH]!;
    server.answers[PATH] = answer;
    await expectUnavailable(verifier.verify(tokenA()));
    server.answers[PATH] = good;
    await verifier.verify(tokenA());
    expect(server.requests).toEqual([PATH, PATH]);
  });

  it.each(keySetOutages)(
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

  it.each([1.1, 4.35, 2_147_483])('a timeout of %d seconds can be kept', async (timeout) => {
    const { verifier } = await served({ timeout });
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

  it('a failing server is asked once in a while where known keys serve', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600);
    for (let i = 0; i < 5; i++) await verifier.verify(tokenA());
    for (let i = 0; i < 5; i++) await expectUnavailable(verifier.verify(tokenB()));
    expect(server.requests).toHaveLength(2);
    later(2);
    await verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(3);
  });

  it('recovers for unknown keys as soon as for known ones', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(30);
    await expectUnavailable(verifier.verify(tokenB()));
    server.answers[PATH] = json({ keys: [keyA, keyB] });
    later(2);
    await verifier.verify(tokenB());
  });
});

describe('JwtVerifier, while an outage lasts,', () => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('tries again at once, then within two seconds', async () => {
    const { server, verifier } = await served();
    const good = server.answers[PATH]!;
    server.answers[PATH] = status(500);
    for (let i = 0; i < 5; i++) await expectUnavailable(verifier.verify(tokenA()));
    expect(server.requests).toHaveLength(2);
    for (let pause = 0; pause < 5; pause++) {
      later(1.749);
      await expectUnavailable(verifier.verify(tokenA()));
      expect(server.requests).toHaveLength(2 + pause);
      later(0.001);
      await expectUnavailable(verifier.verify(tokenA()));
    }
    server.answers[PATH] = good;
    later(2);
    await verifier.verify(tokenA());
  });

  it('tries again after a second while known keys serve', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600);
    await verifier.verify(tokenA());
    later(0.999);
    await verifier.verify(tokenA());
    expect(server.requests).toHaveLength(2);
    later(0.001);
    await verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(3);
  });

  it('does not try at the same time as other instances', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999);
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(600);
    await verifier.verify(tokenA());
    later(0.51);
    await verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(3);
  });

  it('does not hold up tokens whose keys are known when the server hangs', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    await verifier.verify(tokenA());
    server.answers[PATH] = silence;
    later(600);
    const started = process.hrtime.bigint();
    await verifier.verify(tokenA());
    later(0.25);
    for (let i = 0; i < 20; i++) await verifier.verify(tokenA());
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    expect(seconds).toBeLessThan(2);
    expect(server.requests).toHaveLength(2);
  });

  it('holds up no token where they come all the time', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    await verifier.verify(tokenA());
    server.answers[PATH] = silence;
    later(540);
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: 'first' }));
    for (let n = 0; n < 30; n++) {
      later(5);
      await verifier.verify(tokenOf('a', rsa.privateKey, { jti: `${n}` }));
    }
    expect(setTimer.mock.calls.filter(([, delay]) => delay! > 1 && delay! <= 250)).toEqual([]);
    await expect.poll(() => server.requests.length).toBe(32);
  });

  it('waits a quarter of a second, once, where no token came for long', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    await verifier.verify(tokenA());
    server.answers[PATH] = silence;
    later(3600);
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    await verifier.verify(tokenA());
    for (let n = 0; n < 20; n++) {
      later(1);
      await verifier.verify(tokenOf('a', rsa.privateKey, { jti: `${n}` }));
    }
    const waits = setTimer.mock.calls.filter(([, delay]) => delay! > 1 && delay! <= 250);
    expect(waits).toHaveLength(1);
  });

  it('answers all tokens as soon as a server that hung is back', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    const good = server.answers[PATH]!;
    server.answers[PATH] = silence;
    const waiting = verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(1);
    server.answers[PATH] = good;
    later(1);
    await verifier.verify(tokenA());
    expect((await waiting).claims).toMatchObject({ sub: expect.any(String) });
    expect(server.requests).toHaveLength(2);
  });

  it('asks again for who waits alone, until that is settled', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
    const { server, verifier } = await served({ timeout: 60 });
    const good = server.answers[PATH]!;
    server.answers[PATH] = silence;
    const waiting = verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(1);
    later(1);
    await expect.poll(() => server.requests.length).toBe(2);
    server.answers[PATH] = good;
    later(1);
    await waiting;
    expect(server.requests).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not asked more than once for an unknown key, however slow it is', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
    const { server, verifier } = await served({ timeout: 60 });
    await verifier.verify(tokenA());
    later(3);
    let answer = () => {};
    server.answers[PATH] = (response, request) => {
      answer = () => json({ keys: [keyA] })(response, request);
    };
    const waiting = verifier.verify(tokenB());
    await expect.poll(() => server.requests.length).toBe(2);
    const start = vi.spyOn(globalThis, 'fetch');
    later(5);
    answer();
    await expectRefused(waiting, 'The signing key is unknown');
    expect(start).not.toHaveBeenCalled();
    expect(server.requests).toHaveLength(2);
  });

  it('is not held up by what hung and failed when the server is back', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    const good = server.answers[PATH]!;
    const failures: (() => void)[] = [];
    server.answers[PATH] = (response) => void failures.push(() => void response.destroy());
    const waiting: Promise<unknown>[] = [];
    for (let second = 0; second < 4; second++) {
      waiting.push(verifier.verify(tokenA()));
      await expect.poll(() => failures.length).toBe(second + 1);
      later(1);
    }
    for (const index of [2, 0, 1]) {
      failures[index]!();
      await expectUnavailable(waiting[index]!);
    }
    server.answers[PATH] = good;
    await verifier.verify(tokenA());
    failures[3]!();
    await waiting[3];
    await verifier.verify(tokenA());
  });

  it('does not let an answer that comes late put back old keys', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    let answerLate = () => {};
    server.answers[PATH] = (response, request) => {
      answerLate = () => json({ keys: [keyA] })(response, request);
    };
    const waiting = verifier.verify(tokenA()).catch((error: Error) => error.message);
    await expect.poll(() => server.requests.length).toBe(1);
    server.answers[PATH] = json({ keys: [keyB] });
    later(1);
    await verifier.verify(tokenB());
    answerLate();
    expect(await waiting).toBe('The signing key is unknown');
    await verifier.verify(tokenB());
    await expectRefused(verifier.verify(tokenA()), 'The signing key is unknown');
  });

  it('does not take a late failure for an outage', async () => {
    const { server, verifier } = await served({ timeout: 60 });
    let failLate = () => {};
    server.answers[PATH] = (response) => (failLate = () => void response.destroy());
    const waiting = verifier.verify(tokenA());
    await expect.poll(() => server.requests.length).toBe(1);
    server.answers[PATH] = json({ keys: [keyA] });
    later(1);
    await verifier.verify(tokenA());
    failLate();
    await waiting;
    await expectRefused(verifier.verify(tokenB()), 'The signing key is unknown');
  });

  it.each([
    ['no key', [], 'No key is of use'],
    ['no key of use', [{ ...keyA, use: 'enc' }], 'No key is of use ("a": A key must'],
  ])('by a set with %s, is over within two seconds of the first key', async (_, keys, reason) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys });
    for (let i = 0; i < 30; i++) {
      await expectUnavailable(verifier.verify(tokenA()));
      later(0.1);
    }
    // Twice at once, then after pauses of more than a second.
    expect(server.requests.length).toBeLessThan(5);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`: ${reason}`)]]);
    server.answers[PATH] = json({ keys: [keyA] });
    later(2);
    await verifier.verify(tokenA());
  });

  it('says so once, and again in the next', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { server, verifier } = await served();
    const good = server.answers[PATH]!;
    const fail = async () => {
      server.answers[PATH] = status(500);
      later(600);
      for (let i = 0; i < 5; i++) await expectUnavailable(verifier.verify(tokenB()));
      server.answers[PATH] = good;
      later(2);
      await verifier.verify(tokenA());
    };
    await fail();
    expect(warn.mock.calls).toEqual([
      [`The key set of ${new URL(server.url).host}: ${server.url}${PATH} answered with status 500`],
    ]);
    await fail();
    expect(warn).toHaveBeenCalledTimes(2);
  });
});

describe('JwtVerifier and keys that are of no use', () => {
  const useless = [
    { kty: 'EC', crv: 'secp256k1', kid: 'k1', x: keyA.n, y: keyA.n },
    { ...keyA, kid: 'a', use: 'enc' },
    { ...keyA, kid: 'a', alg: 'RSA-OAEP' },
    { ...keyA, kid: 'a', e: 'AQ' },
    { ...keyA, kid: 'a', key_ops: ['verify', 'odd'], n: 'AQ' },
    null,
  ];

  it('verifies by the others, and names them in the log once', async () => {
    const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys: [...useless, keyA] });
    await verifier.verify(tokenA());
    later(600);
    await verifier.verify(tokenOf('a', rsa.privateKey, { jti: '2' }));
    expect(server.requests).toHaveLength(2);
    expect(log).toHaveBeenCalledTimes(1);
    expect(log.mock.calls[0]![0]).toMatch(/keys that are left out: "k1": .*; key 6: A key must/);
    log.mockRestore();
  });

  it.each(useless.slice(0, 5))('refuses a token that names it: %j', async (key) => {
    const { server, verifier } = await served();
    server.answers[PATH] = json({ keys: [key, keyB] });
    await expectRefused(verifier.verify(tokenOf(key!.kid)), 'The signing key is unknown');
  });
});

describe('JwtVerifier, when keys are rotated:', () => {
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

  it('a new key is fetched at once, however new the others are', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = json({ keys: [keyB] });
    later(1);
    await verifier.verify(tokenB());
    expect(server.requests).toHaveLength(2);
  });

  it('a second new key is unknown until the cooldown is over', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(1);
    await expectRefused(verifier.verify(unknown('x')), 'The signing key is unknown');
    server.answers[PATH] = json({ keys: [keyB] });
    later(1.5);
    await expectRefused(verifier.verify(tokenB()), 'The signing key is unknown');
    expect(server.requests).toHaveLength(2);
    later(0.5);
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

describe('JwtVerifier, of tokens with one header,', () => {
  const by = (key: typeof rsa, n: number) => rs256(claims({ jti: `${n}` }), {}, key.privateKey);
  const forged = (n: number) => {
    const [header, , signature] = by(rsa, n).split('.');
    return `${header}.${by(otherRsa, n).split('.')[1]}.${signature!.slice(0, -8)}AAAAAAAA`;
  };

  it.each([
    ['a fixed set', async (keys: object[]) => JwtVerifier.fromJwks({ keys } as never, named)],
    [
      'a fetched set',
      async (keys: object[]) => {
        const { server, verifier } = await served();
        server.answers[PATH] = json({ keys });
        return verifier;
      },
    ],
  ])('tries every key of %s for each, whichever signed the last', async (_, make) => {
    const verifier = await make([jwk(rsa.publicKey), jwk(otherRsa.publicKey)]);
    for (let n = 0; n < 6; n++) {
      await verifier.verify(by(n % 3 === 0 ? rsa : otherRsa, n));
      await expectRefused(verifier.verify(forged(n)), 'The signature is wrong');
    }
  });
});

describe('JwtVerifier, when a key is replaced', () => {
  const byOther = (kid: string | undefined, changed = {}) =>
    rs256(
      claims({ exp: Math.floor(Date.now() / 1000) + 1e6, ...changed }),
      kid === undefined ? {} : { kid },
      otherRsa.privateKey,
    );

  describe.each([
    ['without a kid', undefined],
    ['under its kid', 'a'],
  ])('%s,', (_, kid) => {
    const named = kid === undefined ? {} : { kid };

    async function rotated() {
      const { server, verifier } = await served();
      server.answers[PATH] = json({ keys: [jwk(rsa.publicKey, named)] });
      await verifier.verify(rs256(claims(), named));
      return {
        server,
        verifier,
        rotate: () => (server.answers[PATH] = json({ keys: [jwk(otherRsa.publicKey, named)] })),
      };
    }

    it('asks for the new one at once, and again once the cooldown is over', async () => {
      const { server, verifier, rotate } = await rotated();
      later(1);
      await expectRefused(verifier.verify(byOther(kid)), 'The signature is wrong');
      expect(server.requests).toHaveLength(2);
      rotate();
      later(1.5);
      await expectRefused(verifier.verify(byOther(kid)), 'The signature is wrong');
      expect(server.requests).toHaveLength(2);
      later(0.5);
      await verifier.verify(byOther(kid));
      await verifier.verify(byOther(kid, { jti: '2' }));
      expect(server.requests).toHaveLength(3);
    });

    it('accepts all that come at once', async () => {
      const { server, verifier, rotate } = await rotated();
      rotate();
      later(1);
      await Promise.all(
        Array.from({ length: 20 }, (_each, n) => verifier.verify(byOther(kid, { jti: `${n}` }))),
      );
      expect(server.requests).toHaveLength(2);
    });

    it('asks once per cooldown for forged tokens', async () => {
      const { server, verifier } = await rotated();
      later(1);
      for (let n = 0; n < 50; n++) {
        await expectRefused(
          verifier.verify(byOther(kid, { jti: `${n}` })),
          'The signature is wrong',
        );
      }
      expect(server.requests).toHaveLength(2);
    });

    it('lets no forged token in while the server is down', async () => {
      const { server, verifier } = await rotated();
      server.answers[PATH] = status(500);
      later(30);
      const forged = verifier.verify(byOther(kid));
      await (kid === undefined
        ? expectUnavailable(forged)
        : expectRefused(forged, 'The signature is wrong'));
    });
  });
});

describe("JwtVerifier, given another issuer's token,", () => {
  const other = { iss: 'https://other.example' };

  it.each([
    ['of an unknown key', () => tokenOf('b', otherRsa.privateKey, other)],
    ['of a known kid', () => tokenOf('a', otherRsa.privateKey, other)],
    ['without a kid', () => rs256(claims(other), {}, otherRsa.privateKey)],
  ])('%s, fetches no keys again', async (_, token) => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(30);
    await expectRefused(verifier.verify(token()), 'The issuer is not accepted');
    server.answers[PATH] = status(500);
    later(600);
    await expectRefused(verifier.verify(token()), 'The issuer is not accepted');
    expect(server.requests).toHaveLength(1);
  });

  it('fetches keys that it never had: their failure may say that the issuer is configured wrongly', async () => {
    const { server, verifier } = await served();
    server.answers[PATH] = status(500);
    await expectUnavailable(verifier.verify(tokenOf('a', rsa.privateKey, other)));
  });
});

describe('JwtVerifier, flooded with 1000 unknown keys:', () => {
  const flood = (verifier: JwtVerifier, from = 0) =>
    Array.from({ length: 1000 }, (_, i) => verifier.verify(unknown(`${from + i}`.repeat(1000))));

  it('fetches at most once per cooldown, one after the other', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(2);
    for (let i = 0; i < 1000; i++) await expectRefused(verifier.verify(unknown(`${i}`)));
    expect(server.requests).toHaveLength(2);
    later(2);
    for (let i = 0; i < 100; i++) await expectRefused(verifier.verify(unknown(`x${i}`)));
    expect(server.requests).toHaveLength(3);
  });

  it('fetches at most once per cooldown, all at once', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    later(2);
    await Promise.all(flood(verifier).map((answer) => expectRefused(answer)));
    expect(server.requests).toHaveLength(2);
  });

  it('fetches at most once per cooldown while the server is slow', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    const answers: (() => void)[] = [];
    server.answers[PATH] = (...asked) => answers.push(() => json({ keys: [keyA] })(...asked));
    later(2);
    const refused = [expectRefused(verifier.verify(unknown('0')))];
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    for (let i = 1; i <= 5; i++) {
      later(0.3);
      refused.push(expectRefused(verifier.verify(unknown(`${i}`))));
    }
    server.answers[PATH] = json({ keys: [keyA] });
    answers.forEach((answer) => answer());
    await Promise.all(refused);
    expect(server.requests).toHaveLength(2);
  });

  it('fetches at most once per cooldown while the server is down', async () => {
    const { server, verifier } = await served();
    await verifier.verify(tokenA());
    server.answers[PATH] = status(500);
    later(2);
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

describe('JwtVerifier, starting cold under load:', () => {
  it('tokens at once make one request', async () => {
    const { server, verifier } = await served();
    const token = tokenA();
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)));
    expect(server.requests).toEqual([PATH]);
  });

  it('tokens at once make one request when it fails, and all hear of it', async () => {
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
