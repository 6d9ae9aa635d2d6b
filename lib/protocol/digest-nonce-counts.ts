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
