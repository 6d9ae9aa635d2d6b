import type { PipeTransform, Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { GRANT_TYPES, type OAuth2GrantType } from '../token-endpoint/grant-type.js';
import type { OAuth2TokenRequestForm } from '../token-endpoint/token-request-form.js';
import { readTokenRequest } from '../token-endpoint/token-request-reader.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * Options of `@TokenRequest()`.
 *
 * @publicApi
 */
export interface TokenRequestOptions {
  /** The grants that are accepted, at least one. Default: all that have a form, `password` included. */
  readonly grants?: readonly OAuth2GrantType[] | undefined;
}

/**
 * The form of any grant that a client posted: an `OAuth2TokenRequestForm`, whose `grantType` tells which.
 *
 * It checks neither the grant nor the client. Each grant's form is read as its own decorator reads it, the
 * password's with `grant_type` and, as the others, beside HTTP Basic with the same client's name again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, type OAuth2TokenRequestForm, TokenEndpoint, TokenRequest, TokenResponse } from 'nestjs-security';
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
 * @throws ConfigurationError when `grants` is empty or names an unknown one, or class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 * @publicApi
 */
export function TokenRequest(
  { grants = GRANT_TYPES }: TokenRequestOptions = {},
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2TokenRequestForm>)[]
): ParameterDecorator {
  const accepted = acceptedGrants(grants);
  return tokenFormDecorator(
    { grant: accepted, strict: true },
    (request) => readTokenRequest(request, accepted, '@TokenRequest()'),
    pipes,
  );
}

function acceptedGrants(grants: readonly OAuth2GrantType[]): readonly OAuth2GrantType[] {
  const unknown = grants.find((grant) => !GRANT_TYPES.includes(grant));
  if (unknown === undefined && grants.length > 0) return [...new Set(grants)];
  const problem = unknown === undefined ? 'is empty' : `names '${unknown}', which has no form`;
  throw new ConfigurationError(
    `@TokenRequest({ grants }) ${problem}: name some of ${GRANT_TYPES.join(', ')}`,
  );
}
