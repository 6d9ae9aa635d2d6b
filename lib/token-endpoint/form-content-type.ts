import { isFormMediaType } from '../protocol/media-type.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2Exception } from './oauth2.exception.js';

// parameter = token "=" ( token / quoted-string ), RFC 9110, section 5.6.6; parsers allow blanks around "="
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*([^;]*)/gi;
const UTF8 = /^(utf-8|"utf-8")[ \t]*$/i;

/**
 * The refusal of a request whose `Content-Type` is not that of a URL-encoded form in UTF-8; `undefined` when it is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#appendix-B
 */
export function contentTypeRefusal({
  headers,
}: Pick<SecurityRequest, 'headers'>): OAuth2Exception | undefined {
  // Of several `Content-Type` lines, Node keeps the first.
  const contentType = headers['content-type'];
  if (typeof contentType !== 'string' || !isFormMediaType(contentType)) {
    return new OAuth2Exception(
      'invalid_request',
      'Expected the content type application/x-www-form-urlencoded',
    );
  }
  const charsets = [...contentType.matchAll(CHARSET)];
  if (charsets.every(([, charset]) => UTF8.test(charset!))) return undefined;
  return new OAuth2Exception('invalid_request', 'Expected the charset UTF-8');
}
