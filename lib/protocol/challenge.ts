import { isToken, quotedString, readAuthParams, Token } from './auth-params.js';
import { isScheme, parseAuthorizationHeader } from './authorization-header.js';
import { MalformedError } from './malformed.error.js';
import { serializeScope } from './scope.js';

// token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*$/;

export type ChallengeParams = Readonly<Record<string, string | Token | undefined>>;

/**
 * Writes one `WWW-Authenticate` challenge; parameters that are `undefined` are left out.
 *
 * @throws TypeError when a header cannot carry the scheme, a name or a value.
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
  return withTokenParam(challenge, 'resource_metadata', url);
}

/**
 * Adds the scopes that a token needs to a challenge for access tokens; any other challenge stays as it is.
 *
 * @see [RFC 6750, section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
 */
export function withScope(challenge: string, scopes: readonly string[]): string {
  const scope = serializeScope(scopes);
  return scope === undefined ? challenge : withTokenParam(challenge, 'scope', scope);
}

/** A challenge that already has the parameter keeps its own, as none may occur twice. */
function withTokenParam(challenge: string, name: string, value: string): string {
  const { scheme, credentials } = parseAuthorizationHeader(challenge) ?? NO_CHALLENGE;
  const isForTokens = isScheme(scheme, 'Bearer') || isScheme(scheme, 'DPoP');
  if (!isForTokens || new RegExp(`\\b${name}\\s*=`, 'i').test(credentials)) return challenge;
  const separator = credentials === '' ? ' ' : ', ';
  return challenge + separator + serializeAuthParam(name, value);
}

const NO_CHALLENGE = { scheme: '', credentials: '' };

/**
 * Parses a `WWW-Authenticate` value that holds one challenge, and writes it in the usual form.
 *
 * @throws MalformedError when it holds no challenge, or several.
 * @see [RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export function normalizeChallenge(value: string): string {
  // challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
  const { scheme, credentials } = parseAuthorizationHeader(value) ?? NO_CHALLENGE;
  if (!isToken(scheme)) throw new MalformedError('Malformed authentication scheme');
  if (TOKEN68.test(credentials)) return `${scheme} ${credentials}`;
  return serializeChallenge(scheme, Object.fromEntries(readAuthParams(credentials)));
}
