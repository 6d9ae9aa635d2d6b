import { Logger } from '@nestjs/common';
import * as argon2 from '@node-rs/argon2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestOf, matchesHash, newToken } from '../../sample/04-token-server/secrets.js';

vi.mock('@node-rs/argon2', { spy: true });

describe('the secrets of 04-token-server', () => {
  afterEach(() => {
    vi.clearAllMocks();
  });

  it('match their hash, and no other does', async () => {
    const hash = await argon2.hash('secret');
    expect(hash).toMatch(/^\$argon2id\$/);
    expect(await matchesHash(hash, 'secret')).toBe(true);
    expect(await matchesHash(hash, 'Secret')).toBe(false);
    expect(await matchesHash(hash, '')).toBe(false);
  });

  it('are verified once without a hash too', async () => {
    expect(await matchesHash(undefined, 'secret')).toBe(false);
    expect(argon2.verify).toHaveBeenCalledOnce();
  });

  it('are not hashed when they are very long', async () => {
    expect(await matchesHash(await argon2.hash('a'.repeat(1024)), 'a'.repeat(1024))).toBe(true);
    expect(await matchesHash(await argon2.hash('a'.repeat(1025)), 'a'.repeat(1025))).toBe(false);
    expect(argon2.verify).toHaveBeenCalledOnce();
  });

  it('do not match what is no hash, and the log says so', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(await matchesHash('secret', 'secret')).toBe(false);
    expect(log).toHaveBeenCalledExactlyOnceWith('A stored hash is malformed', expect.any(Error));
    log.mockRestore();
  });

  it('are random, and stored as SHA-256', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
    expect(digestOf('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});
