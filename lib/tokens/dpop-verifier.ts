import { hash } from 'node:crypto';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { parseBearerToken } from '../protocol/bearer.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import { requireCertificate } from './certificate-binding.js';
import { parseConfirmation } from './confirmation.js';
import { DpopChallenge } from './dpop-challenge.js';
import { dpopSettings, type DpopSettings, type DpopVerifierOptions } from './dpop-options.js';
import { faultOf, readProof, type SignedProof } from './dpop-proof.js';
import type { DpopProof, DpopRequest } from './dpop-request.js';
import { targetUri } from './dpop-target-uri.js';
import { unavailable } from './http-unavailable.js';

/**
 * Checks that who sends a DPoP-bound access token holds its key: one proof, for this request, used once.
 *
 * It does not verify the access token: its claims have to be verified before, by a `JwtVerifier` or a
 * `TokenIntrospector` with `acceptBound: true`, for instance. It never reads `Host` or
 * `X-Forwarded-*`; the public origin is the option `baseUrl`. It writes no response header: a nonce for
 * the client is in its result and in `UseDpopNonceException`.
 *
 * @example
 * ```ts
 * import { type HTTPAuthorizationCredentials, HTTPScheme } from 'nestjs-security';
 * import type { SecurityException, ValidationContext } from 'nestjs-security';
 * import { DpopVerifier, MemoryStore } from 'nestjs-security/tokens';
 *
 * type Claims = { sub: string; cnf?: unknown };
 * declare function verifyToken(token: string): Promise<Claims>;
 * const dpop = new DpopVerifier({ baseUrl: 'https://api.example.org', store: new MemoryStore() });
 *
 * export class DpopToken extends HTTPScheme<string> {
 *   constructor() {
 *     super({ scheme: 'DPoP' });
 *   }
 *   override challenge(failure?: SecurityException) {
 *     return dpop.challenge(failure);
 *   }
 *   override async validate({ credentials }: HTTPAuthorizationCredentials, context: ValidationContext) {
 *     const { method, url, headers } = context.request;
 *     const claims = await verifyToken(credentials);
 *     await dpop.verify({ proof: headers['dpop'], method, url, accessToken: credentials, claims });
 *     return { user: claims.sub };
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when an option is wrong.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 * @publicApi
 */
export class DpopVerifier {
  readonly #settings: DpopSettings;
  readonly #challenge: DpopChallenge;
  /** A proof is remembered for as long as it could be accepted, in seconds. */
  readonly #window: number;

  constructor(options: DpopVerifierOptions) {
    this.#settings = dpopSettings(options);
    this.#challenge = new DpopChallenge(this.#settings.algorithms);
    this.#window = this.#settings.maxAge + this.#settings.clockTolerance + 1;
  }

  /** The `WWW-Authenticate` value of the DPoP scheme, after `failure` or, without one, to a request with no token. */
  challenge(failure?: SecurityException): string {
    return this.#challenge.after(failure);
  }

  /**
   * Accepts the request, or throws; every refusal carries its challenge.
   *
   * @throws InvalidDpopProofException when the proof is not good for this request, or was used before.
   * @throws InvalidTokenException when the token is malformed or not bound to the key of the proof.
   * @throws UseDpopNonceException when a nonce is wanted and the proof has no current one.
   * @throws ServiceUnavailableException of Nest when the store does not answer.
   */
  async verify(request: DpopRequest): Promise<DpopProof> {
    const bound = this.#boundKey(request);
    const signed = await this.#readProof(request.proof);
    const uri = targetUri(this.#settings.baseUrl, request.url);
    const fault = faultOf(signed.claims, { ...request, uri }, this.#settings);
    if (fault !== undefined) throw this.#challenge.invalidProof(fault);
    if (!constantTimeEqual(signed.jkt, bound)) {
      throw this.#challenge.invalidToken('The access token is bound to another DPoP key');
    }
    this.#requireNonce(signed);
    await this.#useOnce(signed, uri!);
    return { jkt: signed.jkt, ...this.#nextNonce() };
  }

  /** The thumbprint of the key the token is bound to; what else it is bound to has been checked. */
  #boundKey({ accessToken, claims, certificate }: DpopRequest): string {
    try {
      parseBearerToken(accessToken);
      const { jkt, x5tS256 } = parseConfirmation(claims) ?? {};
      if (jkt === undefined) throw new InvalidTokenException('The access token is not DPoP-bound');
      requireCertificate(x5tS256, certificate);
      return jkt;
    } catch (cause) {
      const description = cause instanceof InvalidTokenException ? cause.description : undefined;
      throw this.#challenge.invalidToken(description, cause);
    }
  }

  async #readProof(sent: DpopRequest['proof']): Promise<SignedProof> {
    const [proof, ...others] = typeof sent === 'string' ? [sent] : (sent ?? []);
    // Node joins two lines of the header with a comma, which no JWS contains.
    if (proof === undefined || others.length > 0 || proof.includes(',')) {
      throw this.#challenge.invalidProof('One DPoP proof is needed');
    }
    try {
      return await readProof(proof, this.#settings);
    } catch (cause) {
      throw this.#challenge.invalidProof('The DPoP proof is malformed or wrongly signed', cause);
    }
  }

  #requireNonce({ claims }: SignedProof): void {
    const { nonces, clock } = this.#settings;
    if (nonces === undefined || nonces.accepts(claims['nonce'], clock())) return;
    throw this.#challenge.useNonce(nonces.issue(clock()));
  }

  #nextNonce(): { nonce: string } | undefined {
    const { nonces, clock } = this.#settings;
    return nonces && { nonce: nonces.issue(clock()) };
  }

  async #useOnce({ claims, jkt }: SignedProof, uri: string): Promise<void> {
    const key = `dpop:${hash('sha256', JSON.stringify([jkt, uri, claims.jti]), 'base64url')}`;
    let isNew: boolean;
    try {
      isNew = await this.#settings.store.addIfAbsent(key, this.#window);
    } catch (cause) {
      throw unavailable(cause);
    }
    if (isNew !== true) throw this.#challenge.invalidProof('The DPoP proof was used before');
  }
}
