// Imported on first use only: class-validator takes longer to load than the rest of the library.
import type { SecurityRequest } from '../schemes/security-request.js';
import { OAuth2AuthorizationCodeRequestForm } from './authorization-code-form.js';
import { AuthorizationCodeGrant } from './authorization-code-grant.js';
import {
  type Client,
  readClientCredentials,
  requireClientAuthentication,
  requireClientId,
} from './client-credentials.js';
import { OAuth2ClientCredentialsRequestForm } from './client-credentials-form.js';
import { ClientCredentialsGrant } from './client-credentials-grant.js';
import { readFormFields } from './form-body.js';
import { readScopes } from './form-scopes.js';
import { validateForm } from './form-validator.js';
import { type ClientFields, GrantTypeField } from './grant-fields.js';
import type { OAuth2GrantType } from './grant-type.js';
import { OAuth2Exception } from './oauth2.exception.js';
import { OAuth2PasswordRequestFormStrict } from './password-form.js';
import { PasswordGrant } from './password-grant.js';
import { OAuth2RefreshTokenRequestForm } from './refresh-token-form.js';
import { RefreshTokenGrant } from './refresh-token-grant.js';
import type { OAuth2TokenRequestForm } from './token-request-form.js';

type Readers = {
  readonly [Grant in OAuth2GrantType]: (request: SecurityRequest) => OAuth2TokenRequestForm<Grant>;
};

/** What reads each grant: its form on the wire, and how that becomes the public one. */
export const readers: Readers = {
  authorization_code: reader(
    AuthorizationCodeGrant,
    ({ code, redirect_uri, code_verifier }, client) =>
      new OAuth2AuthorizationCodeRequestForm({
        code,
        redirectUri: redirect_uri ?? null,
        codeVerifier: code_verifier ?? null,
        ...requireClientId(client),
      }),
  ),
  client_credentials: reader(
    ClientCredentialsGrant,
    ({ scope }, client) =>
      new OAuth2ClientCredentialsRequestForm({
        scopes: readScopes(scope),
        ...requireClientAuthentication(client),
      }),
  ),
  password: reader(
    PasswordGrant,
    ({ username, password, scope }, client) =>
      new OAuth2PasswordRequestFormStrict({
        username,
        password,
        scopes: readScopes(scope),
        ...client,
      }),
  ),
  refresh_token: reader(
    RefreshTokenGrant,
    ({ refresh_token, scope }, client) =>
      new OAuth2RefreshTokenRequestForm({
        refreshToken: refresh_token,
        scopes: readScopes(scope),
        ...client,
      }),
  ),
};

function reader<Grant extends ClientFields, Form>(
  Grant: new () => Grant,
  toForm: (grant: Grant, client: Client) => Form,
): (request: SecurityRequest) => Form {
  return (request) => {
    const grant = validateForm(readFormFields(request.body, new Grant()));
    return toForm(grant, readClientCredentials(request, grant, { sameClientId: true }));
  };
}

/**
 * Which of these grants a parsed form is. Of one grant its reader says it better.
 *
 * @throws OAuth2Exception `unsupported_grant_type` when it is none, `invalid_request` when it does not tell.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function parseGrantType<Grant extends OAuth2GrantType>(
  body: unknown,
  grants: readonly Grant[],
): Grant {
  const [only, ...others] = grants;
  if (only !== undefined && others.length === 0) return only;
  const { grant_type } = validateForm(readFormFields(body, new GrantTypeField()));
  const grant = grants.find((grant) => grant === grant_type);
  if (grant !== undefined) return grant;
  throw new OAuth2Exception(
    'unsupported_grant_type',
    `The grant_type is none of ${grants.join(', ')}`,
  );
}
