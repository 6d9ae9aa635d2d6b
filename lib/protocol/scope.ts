import { MalformedError } from './malformed.error.js';
import { NQCHAR } from './oauth-characters.js';

// scope-token = 1*NQCHAR
const SCOPE_TOKEN = new RegExp(`^[${NQCHAR}]+$`);

/**
 * Tells whether a value is one scope.
 *
 * @see [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)
 */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value);
}

/**
 * Splits a scope value at its spaces; duplicates are kept, surplus spaces are not.
 *
 * @see [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)
 */
export function parseScope(value: string): string[] {
  const scopes = splitScope(value);
  if (!scopes.every(isScopeToken)) throw new MalformedError('Malformed scope');
  return scopes;
}

/** Splits a scope value at its spaces, without checking the pieces. */
export function splitScope(value: string): string[] {
  // scope = scope-token *( SP scope-token )
  return value.split(' ').filter((piece) => piece !== '');
}

/**
 * Joins scopes to a scope value. What is no scope is left out; without any, the result is `undefined`.
 *
 * @see [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)
 */
export function serializeScope(scopes: readonly string[]): string | undefined {
  return scopes.filter(isScopeToken).join(' ') || undefined;
}
