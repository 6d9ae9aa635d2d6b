import { isFormMediaType } from '../protocol/media-type.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2Exception } from './oauth2.exception.js';

/**
 * The refusal of a request whose `Content-Type` is not that of a URL-encoded form; `undefined` when it is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 */
export function contentTypeRefusal({
  headers,
}: Pick<SecurityRequest, 'headers'>): OAuth2Exception | undefined {
  // Node keeps the first of several lines.
  const contentType = headers['content-type'];
  if (typeof contentType === 'string' && isFormMediaType(contentType)) return undefined;
  return new OAuth2Exception(
    'invalid_request',
    'Expected the content type application/x-www-form-urlencoded',
  );
}
