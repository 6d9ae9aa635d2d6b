import { hash } from 'node:crypto';
import { HttpException, HttpStatus } from '@nestjs/common';
import { storeName } from '../errors/store-name.js';
import type { Store } from '../stores/store.js';
import type { DpopSettings } from './dpop-options.js';
import type { SignedProof } from './dpop-proof.js';
import { unavailable } from './http-json.js';

/** Whose key a used proof was made with, and when it was accepted, in milliseconds. */
interface Remembered {
  readonly jkt: string;
  readonly at: number;
  next: Remembered | undefined;
}

/**
 * Remembers the proofs that were used, up to a limit for each key.
 *
 * @see [RFC 9449, section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)
 */
export class UsedProofs {
  /**
   * Seconds for which a proof is remembered: as long as any instance may accept it, whose clocks may differ as much as
   * a client's.
   */
  readonly #window: number;
  /** How many proofs of each key are remembered or being stored. */
  readonly #counts = new Map<string, number>();
  /** A linked list of the remembered proofs. All are kept equally long, so they expire in the order of the list. */
  #first: Remembered | undefined;
  #last: Remembered | undefined;

  constructor(private readonly settings: DpopSettings) {
    this.#window = settings.maxAge + 2 * settings.clockTolerance + 1;
  }

  /**
   * Remembers a proof; `false` when it was used before.
   *
   * @throws HttpException (rejected) 429 when its key has reached its limit, 503 when the store does not answer.
   * @throws TypeError (rejected) when the store answers neither true nor false.
   */
  async add({ claims, jkt }: SignedProof, uri: string): Promise<boolean> {
    this.#take(jkt);
    const key = `dpop:${hash('sha256', JSON.stringify([jkt, uri, claims.jti]), 'base64url')}`;
    let answer: unknown;
    try {
      answer = await this.settings.store.addIfAbsent(key, this.#window);
    } catch (cause) {
      throw unavailable(cause);
    } finally {
      // A replay must not count towards the limit.
      if (answer === true) this.#remember(jkt);
      else this.#release(jkt);
    }
    if (typeof answer !== 'boolean') throw wrongAnswer(this.settings.store, answer);
    return answer;
  }

  #take(jkt: string): void {
    this.#forget(this.settings.clock());
    const count = this.#counts.get(jkt) ?? 0;
    if (count >= this.settings.maxProofsPerKey) {
      throw new HttpException('Too many DPoP proofs', HttpStatus.TOO_MANY_REQUESTS);
    }
    this.#counts.set(jkt, count + 1);
  }

  #release(jkt: string): void {
    const count = this.#counts.get(jkt)! - 1;
    if (count > 0) this.#counts.set(jkt, count);
    else this.#counts.delete(jkt);
  }

  #remember(jkt: string): void {
    const remembered: Remembered = { jkt, at: this.settings.clock(), next: undefined };
    if (this.#last === undefined) this.#first = remembered;
    else this.#last.next = remembered;
    this.#last = remembered;
  }

  /** Drops expired proofs. Each is dropped once, so that the cost of a proof does not grow with their number. */
  #forget(now: number): void {
    const span = this.#window * 1000;
    // A clock that was set back would otherwise keep them for longer.
    while (this.#first !== undefined && (now >= this.#first.at + span || now < this.#first.at)) {
      this.#release(this.#first.jkt);
      this.#first = this.#first.next;
    }
    if (this.#first === undefined) this.#last = undefined;
  }
}

function wrongAnswer(store: Store, answer: unknown): TypeError {
  const kind = answer === null ? 'null' : typeof answer;
  return new TypeError(
    `DpopVerifier: addIfAbsent of ${storeName(store)} must answer true or false, not ${kind}`,
  );
}
