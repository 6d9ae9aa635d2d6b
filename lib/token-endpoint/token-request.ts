import type { PipeTransform, Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions } from '../errors/known-options.js';
import { OAuth2AuthorizationCodeRequestForm } from './authorization-code-form.js';
import { OAuth2ClientCredentialsRequestForm } from './client-credentials-form.js';
import { assertGrant } from './grant.js';
import { OAuth2PasswordRequestFormStrict } from './password-form.js';
import { OAuth2RefreshTokenRequestForm } from './refresh-token-form.js';
import type { OAuth2FormClass } from './request-form.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/** The grants that the library reads. */
export const GRANTS = [
  OAuth2AuthorizationCodeRequestForm,
  OAuth2ClientCredentialsRequestForm,
  OAuth2PasswordRequestFormStrict,
  OAuth2RefreshTokenRequestForm,
] as const;

/**
 * The `grant_type` of a form that the library reads.
 *
 * @publicApi
 */
export type OAuth2GrantType =
  'authorization_code' | 'client_credentials' | 'password' | 'refresh_token';

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

/**
 * Options of `@TokenRequest()`.
 *
 * @publicApi
 */
export interface TokenRequestOptions {
  /**
   * The grants that are accepted, at least one: the library's by their `grant_type`, or classes of forms, such as a
   * subclass of one of the library's, or a grant of your own. Default: all of the library's, `password` included.
   */
  readonly grants?: readonly (OAuth2GrantType | OAuth2FormClass)[] | undefined;
}

/**
 * The form of any grant that a client posted: an `OAuth2TokenRequestForm`, whose `grantType` tells which.
 *
 * It checks neither the grant nor the client. Each grant's form is read as by its own decorator; the password grant's
 * must hold `grant_type`.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, type OAuth2TokenRequestForm, TokenEndpoint, TokenRequest, TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(
 *     @TokenRequest({ grants: ['authorization_code', 'refresh_token'] })
 *     form: OAuth2TokenRequestForm<'authorization_code' | 'refresh_token'>,
 *   ): TokenResponse {
 *     const granted =
 *       form.grantType === 'refresh_token'
 *         ? form.refreshToken === 'tGzv3JOkF0XG5Qx2TlKWIA'
 *         : form.code === 'SplxlOBeZQQYbYS6WxSbIA';
 *     if (!granted) throw new OAuth2Exception('invalid_grant');
 *     return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @param pipes Run on the form, as with any parameter decorator.
 * @throws OAuth2Exception when the request is none of the grants.
 * @throws ConfigurationError when `grants` is empty, or names a grant that is unknown, is there twice or has a wrong
 * table, or when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 * @publicApi
 */
export function TokenRequest(
  options: TokenRequestOptions = {},
  ...pipes: (Type<PipeTransform> | PipeTransform)[]
): ParameterDecorator {
  assertKnownOptions('@TokenRequest()', options, { grants: true });
  return tokenFormDecorator('@TokenRequest()', acceptedForms(options.grants ?? GRANTS), pipes);
}

function acceptedForms(grants: readonly (OAuth2GrantType | OAuth2FormClass)[]): OAuth2FormClass[] {
  if (grants.length === 0) throw unusable('is empty');
  const forms = [...new Set(grants.map(formOf))];
  forms.forEach(({ name, grant }) => assertGrant(name, grant));
  const types = forms.map(({ grant }) => grant.grantType);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) throw unusable(`has two forms of '${twice}'`);
  return forms;
}

function formOf(grant: OAuth2GrantType | OAuth2FormClass): OAuth2FormClass {
  const form =
    typeof grant === 'string' ? GRANTS.find((Form) => Form.grant.grantType === grant) : grant;
  if (typeof form?.grant?.grantType === 'string') return form;
  throw unusable(
    typeof grant === 'string'
      ? `names '${grant}', which has no form`
      : 'holds what is no class of forms with a `grant` of its own',
  );
}

function unusable(problem: string): ConfigurationError {
  const names = GRANTS.map(({ grant }) => grant.grantType).join(', ');
  return new ConfigurationError(`@TokenRequest({ grants }) ${problem}: name some of ${names}`);
}
