import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.js';

export interface DigestNoncesOptions {
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
 * Issues nonces that carry their time and a signature, so that checking one needs no state.
 *
 * It does not detect replays within the lifetime. The clocks of instances that share a secret may differ by a minute: a
 * nonce from further in the future is stale.
 *
 * @see [RFC 7616, section 3.3](https://www.rfc-editor.org/rfc/rfc7616#section-3.3)
 */
export class DigestNonces {
  /** The `opaque` of every challenge: the same for all instances that share secret and space. */
  readonly opaque: string;
  readonly #key: KeyObject;
  readonly #lifetime: number;
  readonly #clockTolerance: number;

  constructor(options: DigestNoncesOptions = {}) {
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

/** How far behind the highest count another may arrive, as requests overtake each other. */
const WINDOW = 128;
const SEEN_MASK = (1n << BigInt(WINDOW)) - 1n;

/** The counts that were received with one nonce. */
interface Counted {
  readonly issuedAt: number;
  highest: number;
  /** Bit n is set where the count n below the highest was received. */
  seen: bigint;
}

/**
 * Remembers which counts (`nc`) came with which nonce, so that each is accepted only once.
 *
 * It keeps a fixed number of nonces. When it drops one, it also retires every unknown nonce that is no younger: these
 * are `forgotten`, and never accepted again.
 *
 * @see [RFC 7616, section 5.12](https://www.rfc-editor.org/rfc/rfc7616#section-5.12)
 */
export class DigestNonceCounts {
  readonly #counted = new Map<string, Counted>();
  /** A single iterator for its whole life: a new one would step over the deleted entries again each time. */
  readonly #oldestFirst = this.#counted.entries();
  readonly #capacity: number;
  /** Unknown nonces issued up to this time, in milliseconds, may have been used before. */
  #forgottenUntil = -Infinity;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  /** How many nonces are remembered. */
  get size(): number {
    return this.#counted.size;
  }

  /** Takes a count. Call it only with an own nonce, and after the request's digest was verified. */
  take(nonce: string, issuedAt: number, count: number): 'taken' | 'replayed' | 'forgotten' {
    if (!(count >= 1)) return 'replayed';
    const counted = this.#counted.get(nonce);
    if (counted !== undefined) return advance(counted, count) ? 'taken' : 'replayed';
    if (issuedAt <= this.#forgottenUntil) return 'forgotten';
    if (this.#counted.size >= this.#capacity) this.#forgetFirst();
    this.#counted.set(nonce, { issuedAt, highest: count, seen: 1n });
    return 'taken';
  }

  #forgetFirst(): void {
    const [nonce, { issuedAt }] = this.#oldestFirst.next().value!;
    this.#counted.delete(nonce);
    this.#forgottenUntil = Math.max(this.#forgottenUntil, issuedAt);
  }
}

function advance(counted: Counted, count: number): boolean {
  const ahead = count - counted.highest;
  if (ahead > 0) {
    const shifted = ahead < WINDOW ? (counted.seen << BigInt(ahead)) & SEEN_MASK : 0n;
    counted.seen = shifted | 1n;
    counted.highest = count;
    return true;
  }
  if (ahead <= -WINDOW) return false;
  const bit = 1n << BigInt(-ahead);
  if ((counted.seen & bit) !== 0n) return false;
  counted.seen |= bit;
  return true;
}
