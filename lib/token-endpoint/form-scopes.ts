import { MalformedError } from '../protocol/malformed.error.js';
import { parseScope } from '../protocol/scope.js';
import { OAuth2Exception } from './oauth2.exception.js';

/**
 * The scopes that a form asks for; none when it leaves `scope` out.
 *
 * @throws OAuth2Exception `invalid_scope` when malformed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function readScopes(scope: string | undefined): string[] {
  try {
    return parseScope(scope ?? '');
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw new OAuth2Exception('invalid_scope', cause.message, { cause });
  }
}
