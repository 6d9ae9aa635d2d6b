import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.js';

export interface DigestNoncesOptions {
  /** The signing key, at least 32 bytes; shared by the instances of an application. Default: random. */
  readonly secret?: Uint8Array;
  /** In seconds. Default: 300. */
  readonly lifetime?: number;
}

const TIME_LENGTH = 6;
const RANDOM_LENGTH = 16;
const SIGNATURE_LENGTH = 16;
const PAYLOAD_LENGTH = TIME_LENGTH + RANDOM_LENGTH;
const NONCE_LENGTH = Math.ceil(((PAYLOAD_LENGTH + SIGNATURE_LENGTH) * 4) / 3);

/**
 * Issues nonces that carry their time and a signature, so that checking one needs no memory of it.
 *
 * It does not detect replays within the lifetime. Instances that share a secret also have to agree on
 * the time: a nonce from the future is invalid.
 *
 * @see [RFC 7616, section 3.3](https://www.rfc-editor.org/rfc/rfc7616#section-3.3)
 */
export class DigestNonces {
  readonly #secret: KeyObject;
  readonly #lifetime: number;

  constructor({ secret = randomBytes(32), lifetime = 300 }: DigestNoncesOptions = {}) {
    if (secret.byteLength < 32) throw new TypeError('The secret of nonces needs 32 bytes');
    if (!(lifetime > 0)) throw new TypeError('The lifetime of a nonce is a positive number');
    this.#secret = createSecretKey(secret);
    this.#lifetime = lifetime * 1000;
  }

  /** Makes a nonce; `now` is in milliseconds. */
  issue(now: number = Date.now()): string {
    const payload = Buffer.alloc(PAYLOAD_LENGTH);
    payload.writeUIntBE(now, 0, TIME_LENGTH);
    randomBytes(RANDOM_LENGTH).copy(payload, TIME_LENGTH);
    return this.#sign(payload);
  }

  /** Tells a nonce of ours from a foreign one, and a fresh one from one to be replaced (`stale`). */
  check(nonce: string, now: number = Date.now()): 'valid' | 'stale' | 'invalid' {
    if (nonce.length !== NONCE_LENGTH) return 'invalid';
    const payload = Buffer.from(nonce, 'base64url').subarray(0, PAYLOAD_LENGTH);
    if (!constantTimeEqual(this.#sign(payload), nonce)) return 'invalid';
    const age = now - payload.readUIntBE(0, TIME_LENGTH);
    if (age < 0) return 'invalid';
    return age > this.#lifetime ? 'stale' : 'valid';
  }

  #sign(payload: Buffer): string {
    const hmac = createHmac('sha256', this.#secret).update(payload).digest();
    const signature = hmac.subarray(0, SIGNATURE_LENGTH);
    return Buffer.concat([payload, signature]).toString('base64url');
  }
}
