import { MalformedError } from './malformed.error.js';

// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Checks the credentials of the Bearer scheme against the grammar of a token and returns them.
 *
 * @see [RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)
 */
export function parseBearerToken(credentials: string): string {
  if (!B64TOKEN.test(credentials)) throw new MalformedError('Malformed bearer token');
  return credentials;
}
