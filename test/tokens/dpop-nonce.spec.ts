import { beforeAll, describe, expect, it, vi } from 'vitest';
import { UseDpopNonceException } from '../../lib/errors/use-dpop-nonce.exception.js';
import { SignedNonces } from '../../lib/protocol/signed-nonces.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { baseUrl, DpopClient, now, NOW } from './dpop-proofs.js';

const secret = Buffer.alloc(32, 7);

let client: DpopClient;
beforeAll(async () => {
  client = await DpopClient.create();
});

function verifierWithClock(nonce: { secret: Uint8Array; lifetime?: number } = { secret }) {
  let time = NOW;
  const store = new MemoryStore({ clock: () => time });
  const verifier = new DpopVerifier({ baseUrl, store, nonce, clock: () => time });
  return { verifier, store, advance: (milliseconds: number) => (time += milliseconds) };
}

async function askFor(verifier: DpopVerifier, nonce?: unknown): Promise<UseDpopNonceException> {
  const verifying = verifier.verify(await client.request({ claims: { nonce } }));
  const failure = await verifying.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UseDpopNonceException);
  return failure as UseDpopNonceException;
}

describe('DpopVerifier with nonces', () => {
  it('asks for one, and says which', async () => {
    const failure = await askFor(verifierWithClock().verifier);
    expect(failure).toMatchObject({
      status: 401,
      code: 'use_dpop_nonce',
      challenge: 'DPoP error="use_dpop_nonce", algs="ES256 PS256"',
    });
    // RFC 9449, section 8.1: nonce = 1*NQCHAR
    expect(failure.headers).toEqual({
      'DPoP-Nonce': expect.stringMatching(/^[\x21\x23-\x5B\x5D-\x7E]+$/),
    });
  });

  it('accepts the one it gave, and gives the next', async () => {
    const { verifier } = verifierWithClock();
    const { nonce } = await askFor(verifier);
    const accepted = await verifier.verify(await client.request({ claims: { nonce } }));
    expect(accepted).toStrictEqual({ jkt: client.jkt, nonce: expect.any(String) });
    expect(accepted.nonce).not.toBe(nonce);
    const next = await client.request({ claims: { nonce: accepted.nonce } });
    expect(await verifier.verify(next)).toBeDefined();
  });

  it('accepts the nonce of another instance with its secret', async () => {
    const { nonce } = await askFor(verifierWithClock().verifier);
    const { verifier } = verifierWithClock();
    expect(await verifier.verify(await client.request({ claims: { nonce } }))).toBeDefined();
  });

  it.each([
    ['a second', 1000, true],
    ['as much as clocks may differ', 5000, true],
    ['more than clocks may differ', 5001, false],
  ])(
    'accepts the nonce of an instance whose clock is ahead by %s: %i ms, %s',
    async (_, ahead, isAccepted) => {
      const other = verifierWithClock();
      other.advance(ahead);
      const { nonce } = await askFor(other.verifier);
      const { verifier } = verifierWithClock();
      if (isAccepted) {
        const request = await client.request({ claims: { nonce } });
        expect(await verifier.verify(request)).toBeDefined();
      } else await askFor(verifier, nonce);
    },
  );

  it('asks again for a nonce that is no longer current', async () => {
    const { verifier, advance } = verifierWithClock({ secret, lifetime: 30 });
    const { nonce } = await askFor(verifier);
    advance(30_000);
    expect(await verifier.verify(await client.request({ claims: { nonce } }))).toBeDefined();
    advance(1);
    expect((await askFor(verifier, nonce)).nonce).not.toBe(nonce);
  });

  it('lets a nonce live 300 seconds by default', async () => {
    const { verifier, advance } = verifierWithClock();
    const { nonce } = await askFor(verifier);
    advance(300_000);
    const current = await client.request({ claims: { nonce, iat: now + 300 } });
    expect(await verifier.verify(current)).toBeDefined();
    advance(1);
    const late = await client.request({ claims: { nonce, iat: now + 300 } });
    await expect(verifier.verify(late)).rejects.toThrow(UseDpopNonceException);
  });

  it.each<[string, unknown]>([
    ['empty', ''],
    ['no text', 7],
    ['of another secret', new SignedNonces({ secret: Buffer.alloc(32, 8) }).issue(NOW)],
    ['of a digest challenge with the same secret', new SignedNonces({ secret }).issue(NOW)],
    ['a list', ['a']],
  ])('asks for one when it is %s', async (_case, nonce) => {
    await askFor(verifierWithClock().verifier, nonce);
  });

  it('does not count a proof that it answers with a nonce as used', async () => {
    const { verifier, store } = verifierWithClock();
    const add = vi.spyOn(store, 'addIfAbsent');
    await askFor(verifier);
    expect(add).not.toHaveBeenCalled();
  });

  it('gives no nonce to a proof that is wrong otherwise', async () => {
    const { verifier } = verifierWithClock();
    const request = await client.request({ claims: { htm: 'POST' } });
    await expect(verifier.verify(request)).rejects.toMatchObject({ code: 'invalid_dpop_proof' });
  });

  it('does not look at a nonce it never asked for', async () => {
    const clock = () => NOW;
    const verifier = new DpopVerifier({ baseUrl, store: new MemoryStore({ clock }), clock });
    const request = await client.request({ claims: { nonce: 'of another server' } });
    expect(await verifier.verify(request)).toStrictEqual({ jkt: client.jkt });
  });
});
