import type { PipeTransform, Type } from '@nestjs/common';
import type { OAuth2PasswordRequestForm } from '../token-endpoint/password-form.js';
import { readPasswordForm } from '../token-endpoint/password-form-reader.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * Options of `@PasswordForm()`.
 *
 * @publicApi
 */
export interface PasswordFormOptions {
  /** Refuse a form without `grant_type=password`, as RFC 6749 does. Default: `false`, as FastAPI. */
  readonly strict?: boolean | undefined;
}

/**
 * The password grant that a client posted: an `OAuth2PasswordRequestForm`, or with `strict` an `OAuth2PasswordRequestFormStrict`.
 *
 * It checks neither the user nor the client. It needs class-validator, which it loads at the first
 * request, and the adapter's own form parser, which Nest installs. Fields in the query are not read.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2PasswordRequestForm, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@PasswordForm() form: OAuth2PasswordRequestForm): TokenResponse {
 *     return { access_token: form.username, token_type: 'bearer', scope: form.scopes.join(' ') };
 *   }
 * }
 * ```
 *
 * @param pipes Run on the form, as with any parameter decorator.
 * @throws OAuth2Exception when the request is not a password grant.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 * @publicApi
 */
export function PasswordForm(
  { strict = false }: PasswordFormOptions = {},
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2PasswordRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    { grant: 'password', strict },
    (request) => readPasswordForm(request, strict),
    pipes,
  );
}
