import { InsufficientScopeException } from '../errors/insufficient-scope.exception.js';
import { InvalidDpopProofException } from '../errors/invalid-dpop-proof.exception.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../errors/not-authenticated.exception.js';
import type { SecurityException } from '../errors/security.exception.js';
import { UseDpopNonceException } from '../errors/use-dpop-nonce.exception.js';
import { parseBearerToken } from '../protocol/bearer.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { type Certificate, requireCertificate } from './certificate-binding.js';
import { type ConfirmedClaims, parseConfirmation } from './confirmation.js';
import { dpopSettings, type DpopSettings, type DpopVerifierOptions } from './dpop-options.js';
import { faultOf, OtherKeyError, readProof, type SignedProof, targetUri } from './dpop-proof.js';
import { UsedProofs } from './dpop-replay.js';

/**
 * The parts of a request that `DpopVerifier` checks.
 *
 * @publicApi
 */
export interface DpopRequest {
  /** The `DPoP` header as it was received. */
  readonly proof: string | readonly string[] | undefined;
  /** As it was received: methods are case-sensitive. */
  readonly method: string | undefined;
  /** The request target as it was received; Express keeps it as `originalUrl` in a mounted application. */
  readonly url: string | undefined;
  readonly accessToken: string;
  /** The verified claims of the access token. */
  readonly claims: ConfirmedClaims;
  /** The client's certificate, for tokens that are bound to one as well. Default: none. */
  readonly certificate?: Certificate | undefined;
}

/**
 * A proof that was accepted.
 *
 * @publicApi
 */
export interface DpopProof {
  /** The thumbprint of the client's key. */
  readonly jkt: string;
  /** For the `DPoP-Nonce` header of the answer: the client's next proof may carry it. Only with the option `nonce`. */
  readonly nonce?: string;
}

/**
 * Checks that the sender of a DPoP-bound access token holds its key: the request carries one proof, made for this
 * request and not used before.
 *
 * It does not verify the access token: verify its claims first, for instance with a `JwtVerifier` or a
 * `TokenIntrospector` that has `acceptBound: true`. It never reads `Host` or `X-Forwarded-*`: the public origin is the
 * option `baseUrl`. It sets no response header: a nonce for the client is in its result and in `UseDpopNonceException`.
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
 *   override async validate({ credentials }: HTTPAuthorizationCredentials, { request }: ValidationContext) {
 *     const { method, headers } = request;
 *     const { originalUrl: url = request.url } = request as { originalUrl?: string };
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
  readonly #used: UsedProofs;

  constructor(options: DpopVerifierOptions) {
    this.#settings = dpopSettings(options);
    this.#challenge = new DpopChallenge(this.#settings.algorithms);
    this.#used = new UsedProofs(this.#settings);
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
   * @throws UseDpopNonceException when a nonce is required and the proof has no current one.
   * @throws HttpException of Nest, 429, when the key has reached `maxProofsPerKey`.
   * @throws ServiceUnavailableException of Nest when the store does not answer.
   * @throws TypeError when the store answers neither true nor false.
   */
  async verify(request: DpopRequest): Promise<DpopProof> {
    const bound = this.#boundKey(request);
    const signed = await this.#readProof(request.proof, bound);
    const uri = targetUri(this.#settings.baseUrl, request.url);
    const fault = faultOf(signed.claims, { ...request, uri }, this.#settings);
    if (fault !== undefined) throw this.#challenge.invalidProof(fault);
    this.#requireNonce(signed);
    if (!(await this.#used.add(signed, uri!))) {
      throw this.#challenge.invalidProof('The DPoP proof was used before');
    }
    return { jkt: signed.jkt, ...this.#nextNonce() };
  }

  /**
   * The thumbprint of the key that the token is bound to. A certificate that it is bound to as well is checked here.
   */
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

  async #readProof(sent: DpopRequest['proof'], jkt: string): Promise<SignedProof> {
    const [proof, ...others] = typeof sent === 'string' ? [sent] : (sent ?? []);
    // Node joins two lines of the header with a comma, which no JWS contains.
    if (proof === undefined || others.length > 0 || proof.includes(',')) {
      throw this.#challenge.invalidProof('One DPoP proof is needed');
    }
    try {
      return await readProof(proof, jkt, this.#settings);
    } catch (cause) {
      if (cause instanceof OtherKeyError) {
        throw this.#challenge.invalidToken('The access token is bound to another DPoP key');
      }
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
}

/**
 * Writes the challenges of the DPoP scheme, and the refusals that carry them.
 *
 * @see [RFC 9449, section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)
 */
class DpopChallenge {
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
