import type { PipeTransform, Type } from '@nestjs/common';
import type { OAuth2RefreshTokenRequestForm } from '../token-endpoint/refresh-token-form.js';
import { readTokenRequest } from '../token-endpoint/token-request-reader.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The refresh token that a client posted: an `OAuth2RefreshTokenRequestForm`.
 *
 * It checks neither the token nor the client. The form is read as `@PasswordForm()` reads its own, by class-validator
 * and the adapter's form parser; beside HTTP Basic it may name the same client again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2RefreshTokenRequestForm, RefreshTokenForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@RefreshTokenForm() form: OAuth2RefreshTokenRequestForm): TokenResponse {
 *     if (form.refreshToken !== 'tGzv3JOkF0XG5Qx2TlKWIA') throw new OAuth2Exception('invalid_grant');
 *     return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @param pipes Run on the form, as with any parameter decorator.
 * @throws OAuth2Exception when the request is not one.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 * @publicApi
 */
export function RefreshTokenForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2RefreshTokenRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    { grant: 'refresh_token', strict: true },
    (request) => readTokenRequest(request, ['refresh_token'], '@RefreshTokenForm()'),
    pipes,
  );
}
