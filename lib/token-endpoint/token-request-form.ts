import type { OAuth2AuthorizationCodeRequestForm } from './authorization-code-form.js';
import type { OAuth2ClientCredentialsRequestForm } from './client-credentials-form.js';
import type { OAuth2GrantType } from './grant-type.js';
import type { OAuth2PasswordRequestFormStrict } from './password-form.js';
import type { OAuth2RefreshTokenRequestForm } from './refresh-token-form.js';

/**
 * The form of any grant, as `@TokenRequest()` reads it: `grantType` tells which.
 *
 * Name the grants for those forms only: `OAuth2TokenRequestForm<'authorization_code' | 'refresh_token'>`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 * @publicApi
 */
export type OAuth2TokenRequestForm<Grant extends OAuth2GrantType = OAuth2GrantType> = Extract<
  | OAuth2AuthorizationCodeRequestForm
  | OAuth2ClientCredentialsRequestForm
  | OAuth2PasswordRequestFormStrict
  | OAuth2RefreshTokenRequestForm,
  { readonly grantType: Grant }
>;
