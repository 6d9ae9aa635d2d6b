import type { SecurityRequest } from '../schemes/security-request.js';
import { readClientCredentials } from './client-credentials.js';
import { loadFormModule } from './form-module.js';
import { readScopes } from './form-scopes.js';
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
  const { parsePasswordGrant } = await loadFormModule(
    request,
    '@PasswordForm()',
    () => import('./password-grant.js'),
  );
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
