import { trimOptionalWhitespace } from './optional-whitespace.js';

/**
 * Tells whether a `Content-Type` value names a URL-encoded form, whatever its parameters.
 *
 * @see [RFC 9110, section 8.3.1](https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1)
 */
export function isFormMediaType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  // media-type = type "/" subtype *( OWS ";" OWS [ parameter ] )
  const semicolon = contentType.indexOf(';');
  const essence = semicolon === -1 ? contentType : contentType.slice(0, semicolon);
  return trimOptionalWhitespace(essence).toLowerCase() === 'application/x-www-form-urlencoded';
}
