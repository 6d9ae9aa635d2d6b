import { RedactedForm } from './redacted-form.js';

type ClientCredentialsFormFields = Pick<
  OAuth2ClientCredentialsRequestForm,
  'clientId' | 'clientSecret'
> &
  Partial<Pick<OAuth2ClientCredentialsRequestForm, 'scopes'>>;

/**
 * The form of the client credentials grant, as `@ClientCredentialsForm()` reads it.
 *
 * The client has sent its credentials, which the handler checks. `JSON.stringify` and `util.inspect` do not
 * show the client secret; the field itself is plain.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { ClientCredentialsForm, constantTimeEqual, OAuth2ClientCredentialsRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse } from 'nestjs-security';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@ClientCredentialsForm() form: OAuth2ClientCredentialsRequestForm): TokenResponse {
 *     if (!constantTimeEqual(form.clientSecret, 'gX1fBat3bV')) throw new OAuth2Exception('invalid_client');
 *     return { access_token: form.clientId, token_type: 'bearer', scope: form.scopes.join(' ') };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 * @publicApi
 */
export class OAuth2ClientCredentialsRequestForm extends RedactedForm {
  readonly grantType = 'client_credentials';
  /** The scopes asked for, in the order sent, duplicates included. */
  readonly scopes: string[] = [];
  /** From HTTP Basic or from the form; never empty. */
  readonly clientId!: string;
  /** From HTTP Basic or from the form; never empty. */
  readonly clientSecret!: string;

  constructor(fields: ClientCredentialsFormFields) {
    super();
    Object.assign(this, fields);
  }
}
