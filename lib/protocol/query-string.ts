/**
 * Reads every value of one key in the query of a request target, in the order sent.
 *
 * `key[]` is another name than `key`, `+` stands for a space, and bytes that are not UTF-8 become U+FFFD.
 *
 * @see [RFC 3986, section 3.4](https://www.rfc-editor.org/rfc/rfc3986#section-3.4)
 * @see [URL, application/x-www-form-urlencoded](https://url.spec.whatwg.org/#urlencoded-parsing)
 */
export function readQueryParameter(url: string, name: string): string[] {
  const query = url.indexOf('?');
  if (query === -1) return [];
  const fragment = url.indexOf('#');
  const end = fragment === -1 ? url.length : fragment;
  return new URLSearchParams(url.slice(query, end)).getAll(name);
}
