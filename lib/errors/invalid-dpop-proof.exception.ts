import { SecurityException, type SecurityExceptionOptions } from './security.exception.js';

/**
 * The DPoP proof is missing, malformed, replayed or made for something else: 401, `error="invalid_dpop_proof"`.
 *
 * The message is sent to the client, so it must hold no secret.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7.1
 * @publicApi
 */
export class InvalidDpopProofException extends SecurityException {
  readonly code = 'invalid_dpop_proof';

  constructor(message: string, options?: SecurityExceptionOptions) {
    super(401, message, 'Unauthorized', options);
  }
}
