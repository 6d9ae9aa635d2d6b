// An absolute-form names an authority of the client's choice (RFC 9112, section 3.2.2).
const AUTHORITY = /^https?:\/\/[^/?#]*/i;
const ABSOLUTE_HTTP = /^https?:\/\/[^/?#]/i;
// What the URL parser would drop, or take for a slash.
const SKEWED = /[\s\\\p{Cc}]/u;
const ESCAPE = /%([0-9A-F]{2})/gi;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * The public URI of a request, for comparison with `htu`; `undefined` when the target names no resource.
 *
 * Only the path is the request's own: `Host`, `X-Forwarded-*` and the authority of an absolute-form are
 * what the client says.
 *
 * @param baseUrl Without a trailing slash.
 * @see [RFC 9449, section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)
 */
export function targetUri(baseUrl: string, requestTarget: string | undefined): string | undefined {
  const path = requestTarget?.replace(AUTHORITY, '');
  if (path === undefined || !(path === '' || path.startsWith('/') || path.startsWith('?'))) {
    return undefined;
  }
  return normalizeUri(baseUrl + path);
}

/**
 * An http(s) URI without query and fragment, in normal form; `undefined` when it is none.
 *
 * @see [RFC 3986, section 6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)
 */
export function normalizeUri(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !ABSOLUTE_HTTP.test(uri) || SKEWED.test(uri)) return undefined;
  if (!URL.canParse(uri)) return undefined;
  const { origin, pathname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return undefined;
  return origin + pathname.replace(ESCAPE, normalizeEscape);
}

function normalizeEscape(escape: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}
