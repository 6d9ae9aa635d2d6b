import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.js';

export interface SignedNoncesOptions {
  /** The signing key, at least 32 bytes; shared by the instances of an application. Default: random. */
  readonly secret?: Uint8Array;
  /** In seconds. Default: 300. */
  readonly lifetime?: number;
  /** The purpose of the nonces: those of another space are foreign, even with the same secret. Default: empty. */
  readonly space?: string;
  /** How far the clocks of instances may differ, in seconds. Default: 60. */
  readonly clockTolerance?: number;
}

const TIME_LENGTH = 6;
const RANDOM_LENGTH = 16;
const SIGNATURE_LENGTH = 16;
const OPAQUE_LENGTH = 16;
const PAYLOAD_LENGTH = TIME_LENGTH + RANDOM_LENGTH;
const NONCE_LENGTH = Math.ceil(((PAYLOAD_LENGTH + SIGNATURE_LENGTH) * 4) / 3);

/**
 * Issues the nonces of Digest challenges and of DPoP proofs. They carry their time and a signature, so that checking one
 * needs no state.
 *
 * It does not detect replays within the lifetime. A nonce from further in the future than the clocks of instances may
 * differ is stale.
 *
 * @see [RFC 7616, section 3.3](https://www.rfc-editor.org/rfc/rfc7616#section-3.3)
 * @see [RFC 9449, section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)
 */
export class SignedNonces {
  /** The `opaque` of every Digest challenge: the same for all instances that share secret and space. */
  readonly opaque: string;
  readonly #key: KeyObject;
  readonly #lifetime: number;
  readonly #clockTolerance: number;

  constructor(options: SignedNoncesOptions = {}) {
    const { secret, lifetime = 300, space = '', clockTolerance = 60 } = options;
    const shared = secret ?? randomBytes(32);
    if (shared.byteLength < 32) throw new TypeError('The secret of nonces needs 32 bytes');
    if (!(lifetime > 0)) throw new TypeError('The lifetime of a nonce is a positive number');
    this.#key = createSecretKey(derive(shared, `nonce ${space}`));
    this.#lifetime = lifetime * 1000;
    this.#clockTolerance = clockTolerance * 1000;
    const opaque = derive(shared, `opaque ${space}`).subarray(0, OPAQUE_LENGTH);
    this.opaque = opaque.toString('base64url');
  }

  /** Makes a nonce; `now` is in milliseconds. */
  issue(now: number = Date.now()): string {
    const payload = Buffer.alloc(PAYLOAD_LENGTH);
    payload.writeUIntBE(now, 0, TIME_LENGTH);
    randomBytes(RANDOM_LENGTH).copy(payload, TIME_LENGTH);
    return this.#sign(payload);
  }

  /** Tells own nonces from foreign ones (`invalid`), and fresh ones from those to be replaced (`stale`). */
  check(nonce: string, now: number = Date.now()): 'valid' | 'stale' | 'invalid' {
    if (nonce.length !== NONCE_LENGTH) return 'invalid';
    const payload = Buffer.from(nonce, 'base64url').subarray(0, PAYLOAD_LENGTH);
    if (!constantTimeEqual(this.#sign(payload), nonce)) return 'invalid';
    const age = now - issueTime(nonce);
    return age < -this.#clockTolerance || age > this.#lifetime ? 'stale' : 'valid';
  }

  #sign(payload: Buffer): string {
    const hmac = createHmac('sha256', this.#key).update(payload).digest();
    const signature = hmac.subarray(0, SIGNATURE_LENGTH);
    return Buffer.concat([payload, signature]).toString('base64url');
  }
}

/** When a nonce claims to have been issued, in milliseconds; trust it only after `check`. */
export function issueTime(nonce: string): number {
  return Buffer.from(nonce, 'base64url').readUIntBE(0, TIME_LENGTH);
}

function derive(secret: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}
