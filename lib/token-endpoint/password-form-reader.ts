import { ConfigurationError } from '../errors/configuration.error.js';
import { MalformedError } from '../protocol/malformed.error.js';
import { parseScope } from '../protocol/scope.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { readClientCredentials } from './client-credentials.js';
import { contentTypeRefusal } from './form-content-type.js';
import { OAuth2Exception } from './oauth2.exception.js';
import { OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict } from './password-form.js';

/**
 * Reads the password grant out of a request whose body the adapter has parsed.
 *
 * @throws OAuth2Exception when the request is not one.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 */
export async function readPasswordForm(
  request: SecurityRequest,
  strict: boolean,
): Promise<OAuth2PasswordRequestForm> {
  const refusal = contentTypeRefusal(request);
  if (refusal !== undefined) throw refusal;
  const { parsePasswordGrant } = await loadPasswordGrant();
  const grant = parsePasswordGrant(request.body, strict);
  const fields = {
    username: grant.username,
    password: grant.password,
    scopes: readScopes(grant.scope),
    ...readClientCredentials(request, grant),
  };
  if (strict) return new OAuth2PasswordRequestFormStrict(fields);
  const grantType = grant.grant_type === undefined ? null : 'password';
  return new OAuth2PasswordRequestForm({ grantType, ...fields });
}

async function loadPasswordGrant(): Promise<typeof import('./password-grant.js')> {
  try {
    return await import('./password-grant.js');
  } catch (cause) {
    throw new ConfigurationError(
      '@PasswordForm() needs class-validator, which could not be loaded: npm install class-validator',
      { cause },
    );
  }
}

function readScopes(scope: string | undefined): string[] {
  try {
    return parseScope(scope ?? '');
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw new OAuth2Exception('invalid_scope', cause.message, { cause });
  }
}
