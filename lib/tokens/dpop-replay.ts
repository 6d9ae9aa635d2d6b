import { hash } from 'node:crypto';
import { HttpException, HttpStatus } from '@nestjs/common';
import type { DpopSettings } from './dpop-options.js';
import type { SignedProof } from './dpop-proof.js';
import { unavailable } from './http-json.js';

/**
 * The memory of proofs that were used, of which each key has its share.
 *
 * @see [RFC 9449, section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)
 */
export class UsedProofs {
  /**
   * A proof is remembered for as long as it could be accepted, in seconds: by any instance, whose clocks may
   * differ as that of a client may.
   */
  readonly #window: number;
  /** By key, in this span of the window's length and in the one before. */
  #counts = new Map<string, number>();
  #earlier = new Map<string, number>();
  #spanEnd = -Infinity;

  constructor(private readonly settings: DpopSettings) {
    this.#window = settings.maxAge + 2 * settings.clockTolerance + 1;
  }

  /**
   * Remembers a proof; `false` when it was used before.
   *
   * @throws HttpException (rejected) 429 when its key has its share, 503 when the store does not answer.
   */
  async add({ claims, jkt }: SignedProof, uri: string): Promise<boolean> {
    const counts = this.#take(jkt);
    const key = `dpop:${hash('sha256', JSON.stringify([jkt, uri, claims.jti]), 'base64url')}`;
    let isNew = false;
    try {
      isNew = (await this.settings.store.addIfAbsent(key, this.#window)) === true;
    } catch (cause) {
      throw unavailable(cause);
    } finally {
      if (!isNew) counts.set(jkt, counts.get(jkt)! - 1);
    }
    return isNew;
  }

  /** Counts a proof, and says where. */
  #take(jkt: string): Map<string, number> {
    this.#turn(this.settings.clock());
    const counts = this.#counts;
    const count = counts.get(jkt) ?? 0;
    if (count + (this.#earlier.get(jkt) ?? 0) >= this.settings.maxProofsPerKey) {
      throw new HttpException('Too many DPoP proofs', HttpStatus.TOO_MANY_REQUESTS);
    }
    return counts.set(jkt, count + 1);
  }

  /** What is remembered was counted in this span or the one before. */
  #turn(now: number): void {
    if (now < this.#spanEnd) return;
    const span = this.#window * 1000;
    this.#earlier = now < this.#spanEnd + span ? this.#counts : new Map();
    this.#counts = new Map();
    this.#spanEnd = now + span;
  }
}
