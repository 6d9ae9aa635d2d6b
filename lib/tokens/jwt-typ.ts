import type { JWTHeaderParameters } from 'jose';

/** Marks of an ID token (OpenID Connect Core 2, 3.3.2.11) and of a security event token (RFC 8417). */
const MARKS_OF_ANOTHER_CLASS = ['at_hash', 'c_hash', 'events'];

/**
 * Whether a token is of the wanted class, so that one made for another purpose is of no use here.
 *
 * @param wanted a `typ`. Default: an access token, whether it says so or just says `JWT`.
 * @see [RFC 8725, section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)
 */
export function isOfClass(
  wanted: string | undefined,
  { typ }: JWTHeaderParameters,
  claims: object,
): boolean {
  if (typ !== undefined && typeof typ !== 'string') return false;
  const actual = typ === undefined ? undefined : normalize(typ);
  if (wanted !== undefined && normalize(wanted) !== 'jwt') return actual === normalize(wanted);
  if (actual === undefined || actual === 'jwt') {
    return (
      wanted !== undefined || !MARKS_OF_ANOTHER_CLASS.some((name) => Object.hasOwn(claims, name))
    );
  }
  return wanted === undefined && actual === 'at+jwt';
}

/** RFC 7515, section 4.1.9: a media type, whose `application/` may be left out. */
export function normalize(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}
