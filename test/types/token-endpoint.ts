import {
  AuthorizationCodeForm,
  OAuth2AuthorizationCodeRequestForm,
  OAuth2ClientCredentialsRequestForm,
  type OAuth2GrantType,
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
  OAuth2RefreshTokenRequestForm,
  type OAuth2TokenRequestForm,
  TokenRequest,
} from 'nestjs-security/token-endpoint';
import { holds, type Same } from './same.js';

holds<
  Same<OAuth2GrantType, 'authorization_code' | 'client_credentials' | 'password' | 'refresh_token'>
>();
holds<Same<OAuth2TokenRequestForm<'password'>, OAuth2PasswordRequestFormStrict>>();

/** `grantType` tells the forms apart, and every one is handled. */
export function subjectOf(form: OAuth2TokenRequestForm): string {
  switch (form.grantType) {
    case 'authorization_code':
      return form.code;
    case 'client_credentials':
      return form.clientSecret;
    case 'password':
      return form.username;
    case 'refresh_token':
      return form.refreshToken;
  }
}

declare const code: OAuth2AuthorizationCodeRequestForm;
holds<Same<typeof code.clientId, string>>();
holds<Same<typeof code.clientSecret, string | null>>();
declare const client: OAuth2ClientCredentialsRequestForm;
holds<Same<typeof client.clientSecret, string>>();
declare const lenient: OAuth2PasswordRequestForm;
holds<Same<typeof lenient.grantType, 'password' | null>>();

class TenantForm extends OAuth2PasswordRequestForm {
  readonly tenant!: string;
}
TokenRequest({ grants: ['refresh_token', TenantForm] });
AuthorizationCodeForm({ transform: (form: OAuth2AuthorizationCodeRequestForm) => form.code });

// @ts-expect-error an unknown grant
TokenRequest({ grants: ['implicit'] });
// @ts-expect-error no class of forms
TokenRequest({ grants: [Map] });
// @ts-expect-error the code of an authorization code grant is required
new OAuth2AuthorizationCodeRequestForm({ clientId: 'a' });
// @ts-expect-error a client of this grant is authenticated
new OAuth2ClientCredentialsRequestForm({ clientId: 'a' });
// @ts-expect-error the grant is the form's own
new OAuth2RefreshTokenRequestForm({ refreshToken: 'a', grantType: 'password' });
// @ts-expect-error a form cannot be changed
code.code = 'b';
