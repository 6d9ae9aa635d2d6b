import type { PipeTransform, Type } from '@nestjs/common';
import type { OAuth2ClientCredentialsRequestForm } from '../token-endpoint/client-credentials-form.js';
import { readTokenRequest } from '../token-endpoint/token-request-reader.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The client credentials grant that a client posted: an `OAuth2ClientCredentialsRequestForm`.
 *
 * The client must have sent its credentials, in HTTP Basic or in the form, but nobody has checked them. The form is
 * read as `@PasswordForm()` reads its own, by class-validator and the adapter's form parser; beside HTTP Basic it may
 * name the same client again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { ClientCredentialsForm, OAuth2ClientCredentialsRequestForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
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
 * @throws OAuth2Exception when the request is not one; `invalid_client` when the client sent no credentials.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 * @publicApi
 */
export function ClientCredentialsForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2ClientCredentialsRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    { grant: 'client_credentials', strict: true },
    (request) => readTokenRequest(request, ['client_credentials'], '@ClientCredentialsForm()'),
    pipes,
  );
}
