import type { PipeTransform, Type } from '@nestjs/common';
import type { OAuth2AuthorizationCodeRequestForm } from '../token-endpoint/authorization-code-form.js';
import { readTokenRequest } from '../token-endpoint/token-request-reader.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The authorization code that a client posted: an `OAuth2AuthorizationCodeRequestForm`, with PKCE's verifier.
 *
 * It checks neither the code nor the client; `verifyCodeChallenge` checks the verifier. The form is read as
 * `@PasswordForm()` reads its own, by class-validator and the adapter's form parser; beside HTTP Basic it may name the
 * same client again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { AuthorizationCodeForm, OAuth2AuthorizationCodeRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse } from 'nestjs-security';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@AuthorizationCodeForm() form: OAuth2AuthorizationCodeRequestForm): TokenResponse {
 *     if (form.code !== 'SplxlOBeZQQYbYS6WxSbIA') throw new OAuth2Exception('invalid_grant');
 *     return { access_token: form.clientId, token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @param pipes Run on the form, as with any parameter decorator.
 * @throws OAuth2Exception when the request is not one.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 * @publicApi
 */
export function AuthorizationCodeForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2AuthorizationCodeRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    { grant: 'authorization_code', strict: true },
    (request) => readTokenRequest(request, ['authorization_code'], '@AuthorizationCodeForm()'),
    pipes,
  );
}
