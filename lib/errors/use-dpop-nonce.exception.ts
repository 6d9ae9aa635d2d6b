import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The DPoP proof lacks a current nonce of the server: 401, `error="use_dpop_nonce"`, to be repeated with the given one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-9
 * @publicApi
 */
export class UseDpopNonceException extends SecurityException {
  readonly code = 'use_dpop_nonce';

  /** @param nonce The value for the `DPoP-Nonce` header of the answer. */
  constructor(
    readonly nonce: string,
    options?: SecurityExceptionOptions,
  ) {
    super(401, 'The DPoP proof needs the nonce of the server', 'Unauthorized', options);
  }

  override get headers(): Readonly<Record<string, string>> {
    return { 'DPoP-Nonce': this.nonce };
  }
}
