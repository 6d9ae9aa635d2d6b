import { ServiceUnavailableException } from '@nestjs/common';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisStore } from '../../lib/redis/redis-store.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import type { Store } from '../../lib/stores/store.js';
import { dpopSettings } from '../../lib/tokens/dpop-options.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { accessToken, baseUrl, DpopClient, now, NOW } from './dpop-proofs.js';

let client: DpopClient;
beforeAll(async () => {
  client = await DpopClient.create();
});

function verifierWithClock(options = {}) {
  let time = NOW;
  const clock = () => time;
  const store = new MemoryStore({ clock });
  const verifier = new DpopVerifier({ baseUrl, store, clock, ...options });
  return { verifier, advance: (seconds: number) => (time += seconds * 1000) };
}

const answering = (addIfAbsent: Store['addIfAbsent']) => {
  const store = { addIfAbsent } as Store;
  return new DpopVerifier({ baseUrl, store, clock: () => NOW });
};

describe('DpopVerifier and proofs that were used before', () => {
  it('accepts a proof once', async () => {
    const { verifier } = verifierWithClock();
    const request = await client.request();
    await verifier.verify(request);
    await expect(verifier.verify(request)).rejects.toMatchObject({
      status: 401,
      message: 'The DPoP proof was used before',
      challenge: 'DPoP error="invalid_dpop_proof", algs="ES256 PS256"',
    });
  });

  it('refuses a new proof with a jti that was used', async () => {
    const { verifier } = verifierWithClock();
    await verifier.verify(await client.request({ claims: { jti: 'same' } }));
    const again = await client.request({ claims: { jti: 'same', iat: now - 1 } });
    await expect(verifier.verify(again)).rejects.toThrow('used before');
  });

  it('refuses it under another spelling of the same URL', async () => {
    const { verifier } = verifierWithClock();
    await verifier.verify(await client.request({ claims: { jti: 'same' } }));
    const htu = 'HTTPS://API.example.org:443/x/../%69tems?again';
    const again = await client.request({ claims: { jti: 'same', htu } });
    await expect(verifier.verify(again)).rejects.toThrow('used before');
  });

  it('takes the same jti from another client, and for another URL', async () => {
    const { verifier } = verifierWithClock();
    const claims = { jti: 'same' };
    await verifier.verify(await client.request({ claims }));
    await verifier.verify(await (await DpopClient.create()).request({ claims }));
    const htu = `${baseUrl}/others`;
    const elsewhere = await client.request({
      claims: { ...claims, htu },
      request: { url: '/others' },
    });
    expect(await verifier.verify(elsewhere)).toBeDefined();
  });

  it.each([
    ['from the past', 0, 60],
    ['from the future', 5, 65],
  ])('remembers a proof %s for as long as it is accepted', async (_case, ahead, last) => {
    const { verifier, advance } = verifierWithClock();
    const request = await client.request({ claims: { iat: now + ahead } });
    await verifier.verify(request);
    advance(last);
    await expect(verifier.verify(request)).rejects.toThrow('used before');
    advance(1);
    await expect(verifier.verify(request)).rejects.toThrow('too old');
  });

  it('lets one of 50 parallel replays pass', async () => {
    const { verifier } = verifierWithClock();
    const request = await client.request();
    const replays = Array.from({ length: 50 }, () => verifier.verify(request));
    const outcomes = await Promise.allSettled(replays);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('hands the store a hash, and for how long any instance might accept it, in seconds', async () => {
    const addIfAbsent = vi.fn(async () => true);
    await answering(addIfAbsent).verify(await client.request({ claims: { jti: 'canary' } }));
    expect(addIfAbsent.mock.calls).toEqual([[expect.stringMatching(/^dpop:[\w-]{43}$/), 71]]);
  });

  it('asks the store last: what is refused takes no room in it', async () => {
    const addIfAbsent = vi.fn(async () => true);
    const verifier = answering(addIfAbsent);
    const stranger = await DpopClient.create();
    const bad = [
      await client.request({ claims: { htm: 'POST' } }),
      await client.request({ request: { claims: {} } }),
      await client.request({ request: { proof: 'x' } }),
      await stranger.request({ request: { claims: { cnf: { jkt: client.jkt } } } }),
    ];
    for (const request of bad) await expect(verifier.verify(request)).rejects.toThrow();
    expect(addIfAbsent).not.toHaveBeenCalled();
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('canary'))],
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
  ])('answers 503 without a challenge when the store %s', async (_how, addIfAbsent) => {
    const verifying = answering(addIfAbsent).verify(await client.request());
    const failure = await verifying.catch((error: unknown) => error as ServiceUnavailableException);
    expect(failure).toBeInstanceOf(ServiceUnavailableException);
    expect(failure).toMatchObject({ status: 503, cause: { message: 'canary' } });
    expect(failure).not.toHaveProperty('challenge');
    const sent = JSON.stringify((failure as ServiceUnavailableException).getResponse());
    expect(sent).not.toMatch(/canary/);
    expect(sent).not.toContain(accessToken);
  });

  it('answers 503 when the store in memory is full', async () => {
    const clock = () => NOW;
    const store = new MemoryStore({ maxEntries: 1, clock });
    const verifier = new DpopVerifier({ baseUrl, store, clock });
    const first = await client.request();
    await verifier.verify(first);
    await expect(verifier.verify(await client.request())).rejects.toMatchObject({ status: 503 });
    await expect(verifier.verify(first)).rejects.toMatchObject({ status: 401 });
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['OK', 'string'],
    [1, 'number'],
    [{}, 'object'],
  ])('names a store that answers %j, and accepts nothing', async (answer, kind) => {
    class PostgresStore extends MemoryStore {
      override addIfAbsent = async () => answer as unknown as boolean;
    }
    const clock = () => NOW;
    const verifier = new DpopVerifier({ baseUrl, store: new PostgresStore(), clock });
    const failure = verifier.verify(await client.request());
    await expect(failure).rejects.toThrow(TypeError);
    await expect(failure).rejects.toThrow(
      `DpopVerifier: addIfAbsent of PostgresStore must answer true or false, not ${kind}`,
    );
  });
});

describe('DpopVerifier and a client that sends many proofs', () => {
  const redis = { sendCommand: async () => 'OK' };
  const stores: [name: string, storeOf: (clock: () => number) => Store][] = [
    ['MemoryStore', (clock) => new MemoryStore({ clock })],
    ['RedisStore', () => new RedisStore({ client: redis })],
  ];
  const tooMany = { status: 429, message: 'Too many DPoP proofs' };

  it('refuses what is more than its share, and nobody else’s', async () => {
    const { verifier } = verifierWithClock({ maxProofsPerKey: 3 });
    const other = await DpopClient.create();
    for (let n = 0; n < 3; n++) await verifier.verify(await client.request());
    await expect(verifier.verify(await client.request())).rejects.toMatchObject(tooMany);
    for (let n = 0; n < 3; n++) await verifier.verify(await other.request());
  });

  it('lets it fill no store for others', async () => {
    const clock = () => NOW;
    const store = new MemoryStore({ maxEntries: 10, clock });
    const verifier = new DpopVerifier({ baseUrl, store, clock, maxProofsPerKey: 5 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async () => verifier.verify(await client.request())),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await verifier.verify(await (await DpopClient.create()).request())).toBeDefined();
  });

  it('takes another as soon as the oldest is forgotten, and no sooner', async () => {
    const { verifier, advance } = verifierWithClock({ maxProofsPerKey: 2 });
    const request = (elapsed: number) => client.request({ claims: { iat: now + elapsed } });
    await verifier.verify(await request(0));
    advance(60);
    await verifier.verify(await request(60));
    advance(10.999);
    await expect(verifier.verify(await request(70))).rejects.toMatchObject(tooMany);
    advance(0.001);
    await verifier.verify(await request(71));
    await expect(verifier.verify(await request(71))).rejects.toMatchObject(tooMany);
    advance(59.999);
    await expect(verifier.verify(await request(130))).rejects.toMatchObject(tooMany);
    advance(0.001);
    expect(await verifier.verify(await request(131))).toBeDefined();
  });

  it.each(stores)('takes all of a client that keeps to its share, with %s', async (_, storeOf) => {
    let time = NOW;
    const clock = () => time;
    const options = { clock, store: storeOf(clock), maxAge: 2, clockTolerance: 0 };
    const verifier = new DpopVerifier({ baseUrl, maxProofsPerKey: 6, ...options });
    for (let n = 0; n < 40; n++) {
      const iat = Math.floor(time / 1000);
      expect(await verifier.verify(await client.request({ claims: { iat } }))).toBeDefined();
      // Six in three seconds, so that the seventh comes as the first is forgotten.
      time += 500;
    }
    time -= 1;
    const iat = Math.floor(time / 1000);
    const early = verifier.verify(await client.request({ claims: { iat } }));
    await expect(early).rejects.toMatchObject(tooMany);
  });

  it('counts what is on its way into the store', async () => {
    const taken: ((isNew: boolean) => void)[] = [];
    const addIfAbsent = () => new Promise<boolean>((resolve) => void taken.push(resolve));
    const store = { addIfAbsent } as unknown as Store;
    const verifier = new DpopVerifier({ baseUrl, store, clock: () => NOW, maxProofsPerKey: 2 });
    const waiting = [await client.request(), await client.request()].map((request) =>
      verifier.verify(request),
    );
    await vi.waitFor(() => expect(taken).toHaveLength(2));
    await expect(verifier.verify(await client.request())).rejects.toMatchObject(tooMany);
    for (const take of taken) take(true);
    await Promise.all(waiting);
  });

  it('keeps nobody out for longer when the clock is set back', async () => {
    const { verifier, advance } = verifierWithClock({ maxProofsPerKey: 1 });
    await verifier.verify(await client.request());
    advance(-3600);
    const earlier = await client.request({ claims: { iat: now - 3600 } });
    expect(await verifier.verify(earlier)).toBeDefined();
  });

  it('forgets a client that was gone for long', async () => {
    const { verifier, advance } = verifierWithClock({ maxProofsPerKey: 1 });
    await verifier.verify(await client.request());
    advance(1000);
    const later = () => client.request({ claims: { iat: now + 1000 } });
    await verifier.verify(await later());
    await expect(verifier.verify(await later())).rejects.toMatchObject(tooMany);
  });

  it('counts no replay, and nothing that the store did not take', async () => {
    const { verifier } = verifierWithClock({ maxProofsPerKey: 2 });
    const request = await client.request();
    await verifier.verify(request);
    for (let n = 0; n < 5; n++) {
      await expect(verifier.verify(request)).rejects.toThrow('used before');
    }
    expect(await verifier.verify(await client.request())).toBeDefined();

    let isDown = true;
    const store = { addIfAbsent: async () => !isDown || Promise.reject(new Error('down')) };
    const failing = new DpopVerifier({
      baseUrl,
      store: store as unknown as Store,
      clock: () => NOW,
      maxProofsPerKey: 1,
    });
    await expect(failing.verify(await client.request())).rejects.toMatchObject({ status: 503 });
    isDown = false;
    expect(await failing.verify(await client.request())).toBeDefined();
  });

  it('takes 10 000 unless told otherwise', () => {
    const { maxProofsPerKey } = dpopSettings({ baseUrl, store: new MemoryStore() });
    expect(maxProofsPerKey).toBe(10_000);
  });
});

describe('DpopVerifier and instances whose clocks differ', () => {
  it('remembers a proof for as long as the slowest accepts it', async () => {
    const shared = new MemoryStore({ clock: () => time });
    let time = NOW;
    const instance = (seconds: number) =>
      new DpopVerifier({ baseUrl, store: shared, clock: () => time + seconds * 1000 });
    const request = await client.request({ claims: { iat: now + 5 } });
    await instance(0).verify(request);
    time += 70_000;
    await expect(instance(-5).verify(request)).rejects.toThrow('used before');
  });
});
