import { DigestNonces } from '../protocol/digest-nonce.js';

/**
 * Nonces that the server wants to see in DPoP proofs.
 *
 * @publicApi
 */
export interface DpopNonceOptions {
  /** At least 32 random bytes, the same for all instances of the application. */
  readonly secret: Uint8Array;
  /** How long a nonce may be used, in seconds. Default: 300. */
  readonly lifetime?: number;
}

/**
 * Issues and checks the nonces of DPoP proofs; they are signed, so that none has to be remembered.
 *
 * @throws TypeError when the secret is short or the lifetime not positive.
 * @see [RFC 9449, section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)
 */
export class DpopNonces {
  readonly #nonces: DigestNonces;

  constructor({ secret, lifetime = 300 }: DpopNonceOptions) {
    if (!(secret instanceof Uint8Array)) throw new TypeError('The secret of nonces is bytes');
    this.#nonces = new DigestNonces({ secret, lifetime, space: 'DPoP-Nonce' });
  }

  /** Makes a nonce; `now` is in milliseconds. */
  issue(now: number): string {
    return this.#nonces.issue(now);
  }

  accepts(nonce: unknown, now: number): boolean {
    return typeof nonce === 'string' && this.#nonces.check(nonce, now) === 'valid';
  }
}
