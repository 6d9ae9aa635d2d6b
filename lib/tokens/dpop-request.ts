import type { Certificate } from './certificate-thumbprint.js';
import type { ConfirmedClaims } from './confirmation.js';

/**
 * What `DpopVerifier` has to know of a request.
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
