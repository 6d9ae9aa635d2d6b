import { describe, expect, it, vi } from 'vitest';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { authorized } from '../support/security-request.js';
import { digestAnswer, type DigestClient } from './http-digest-client.js';

const { hashed } = vi.hoisted(() => ({ hashed: vi.fn() }));

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  const hash = (...parameters: Parameters<typeof crypto.hash>) => {
    hashed();
    return crypto.hash(...parameters);
  };
  return { ...crypto, hash };
});

const stored = { password: 'Circle of Life' };
const storedHash = { ha1: 'a'.repeat(64) };

/** How often a verification hashes. */
async function workOf(secret: typeof stored | typeof storedHash, client: DigestClient) {
  const scheme = new HTTPDigest({
    findUser: (name) => (name === 'Mufasa' ? { user: name, ...secret } : null),
  });
  const request = authorized(digestAnswer(scheme.challenge(), client));
  const credentials = scheme.extract(request)!;
  hashed.mockClear();
  await scheme.validate!(credentials, { scopes: [], scopeStr: '', request });
  return hashed.mock.calls.length;
}

describe('HTTPDigest, comparing,', () => {
  it('works as hard for an unknown user as for a wrong password or a stored hash', async () => {
    const work = await workOf(stored, { password: 'wrong' });
    expect(work).toBeGreaterThanOrEqual(3);
    expect(await workOf(stored, { username: 'Scar' })).toBe(work);
    expect(await workOf(storedHash, {})).toBe(work);
    expect(await workOf(storedHash, { username: 'Scar' })).toBe(work);
  });
});
