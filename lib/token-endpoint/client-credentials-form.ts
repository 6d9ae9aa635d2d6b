import type { PipeTransform, Type } from '@nestjs/common';
import { type OAuth2Grant, SCOPE } from './grant.js';
import { type FormFields, OAuth2RequestForm } from './request-form.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The form of the client credentials grant, as `@ClientCredentialsForm()` reads it.
 *
 * The client has sent its credentials, which the handler checks. `JSON.stringify` and `util.inspect` do not
 * show the client secret; the field itself is plain.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { constantTimeEqual } from 'nestjs-security';
 * import { ClientCredentialsForm, OAuth2ClientCredentialsRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
export class OAuth2ClientCredentialsRequestForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: 'client_credentials',
    fields: { scope: SCOPE },
    client: 'authenticated',
  };

  declare readonly grantType: 'client_credentials';
  /** The scopes asked for, in the order sent, duplicates included. */
  declare readonly scopes: string[];
  /** From HTTP Basic or from the form; never empty. */
  declare readonly clientId: string;
  /** From HTTP Basic or from the form; never empty. */
  declare readonly clientSecret: string;

  constructor(fields: FormFields<OAuth2ClientCredentialsRequestForm, 'clientId' | 'clientSecret'>) {
    super(fields);
  }
}

/**
 * The client credentials grant that a client posted: an `OAuth2ClientCredentialsRequestForm`.
 *
 * The client must have sent its credentials, in HTTP Basic or in the form, but nobody has checked them. As with
 * `@PasswordForm()`, the form needs class-validator and the adapter's form parser. A client that uses HTTP Basic may
 * name itself in the form again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { ClientCredentialsForm, OAuth2ClientCredentialsRequestForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@ClientCredentialsForm() form: OAuth2ClientCredentialsRequestForm): TokenResponse {
 *     return { access_token: form.clientId, token_type: 'bearer', scope: form.scopes.join(' ') };
 *   }
 * }
 * ```
 *
 * @param pipes Run on the form, as with any parameter decorator.
 * @throws OAuth2Exception when the request is not a client credentials grant; `invalid_client` when the client sent no
 * credentials.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 * @publicApi
 */
export function ClientCredentialsForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2ClientCredentialsRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    '@ClientCredentialsForm()',
    [OAuth2ClientCredentialsRequestForm],
    pipes,
  );
}
