import { isToken, parseAuthParams, quotedString, Token } from './auth-params.js';
import { isScheme, parseAuthorizationHeader } from './authorization-header.js';
import { MalformedError } from './malformed.error.js';

export type ChallengeParams = Readonly<Record<string, string | Token | undefined>>;

/**
 * Writes one `WWW-Authenticate` challenge; parameters that are `undefined` are left out.
 *
 * @throws TypeError when the scheme, a name or a value cannot stand in a header.
 * @see [RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export function serializeChallenge(scheme: string, params: ChallengeParams = {}): string {
  if (!isToken(scheme)) throw new TypeError('An authentication scheme is an RFC 9110 token');
  const written: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) written.push(serializeAuthParam(name, value));
  }
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`;
}

function serializeAuthParam(name: string, value: string | Token): string {
  if (!isToken(name)) throw new TypeError('The name of an auth-param is an RFC 9110 token');
  return `${name}=${value instanceof Token ? value.value : quotedString(value)}`;
}

/**
 * Adds `resource_metadata` to a challenge for access tokens; any other challenge stays as it is.
 *
 * @see [RFC 9728, section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)
 */
export function withResourceMetadata(challenge: string, url: string): string {
  const { scheme } = parseAuthorizationHeader(challenge) ?? { scheme: '' };
  if (!isScheme(scheme, 'Bearer') && !isScheme(scheme, 'DPoP')) return challenge;
  const separator = challenge.includes(' ') ? ', ' : ' ';
  return challenge + separator + serializeAuthParam('resource_metadata', url);
}

/**
 * Parses a `WWW-Authenticate` value that holds one challenge.
 *
 * @see [RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export function parseChallenge(value: string): { scheme: string; params: Map<string, string> } {
  // challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
  const challenge = parseAuthorizationHeader(value);
  if (challenge === undefined || !isToken(challenge.scheme)) {
    throw new MalformedError('Malformed authentication scheme');
  }
  return { scheme: challenge.scheme, params: parseAuthParams(challenge.credentials) };
}
