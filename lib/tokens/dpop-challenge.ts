import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidDpopProofException } from '../errors/invalid-dpop-proof.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { UseDpopNonceException } from '../errors/use-dpop-nonce.exception.js';
import { serializeChallenge } from '../protocol/challenge.js';

/**
 * Writes the challenges of the DPoP scheme, and the refusals that carry them.
 *
 * @see [RFC 9449, section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)
 */
export class DpopChallenge {
  readonly #algs: string;

  constructor(algorithms: readonly string[]) {
    this.#algs = algorithms.join(' ');
  }

  after(failure?: SecurityException): string {
    if (failure === undefined || failure instanceof NotAuthenticatedException) return this.#write();
    const scopes = failure instanceof InsufficientScopeException ? failure.scopes : undefined;
    return this.#write(failure.code, scopes?.join(' '));
  }

  invalidProof(message: string, cause?: unknown): InvalidDpopProofException {
    const challenge = this.#write('invalid_dpop_proof');
    return new InvalidDpopProofException(message, { challenge, cause });
  }

  invalidToken(description: string | undefined, cause?: unknown): InvalidTokenException {
    const challenge = this.#write('invalid_token');
    return new InvalidTokenException(description, { challenge, cause });
  }

  useNonce(nonce: string): UseDpopNonceException {
    return new UseDpopNonceException(nonce, { challenge: this.#write('use_dpop_nonce') });
  }

  #write(error?: string, scope?: string): string {
    return serializeChallenge('DPoP', { error, scope, algs: this.#algs });
  }
}
