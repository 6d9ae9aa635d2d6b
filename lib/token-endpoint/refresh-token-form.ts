import type { PipeTransform, Type } from '@nestjs/common';
import { ISSUED, type OAuth2Grant, SCOPE } from './grant.js';
import { type FormFields, OAuth2RequestForm } from './request-form.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The form that refreshes an access token, as `@RefreshTokenForm()` reads it.
 *
 * It checks neither the refresh token nor the client: the handler does, and that the token was issued to that
 * client. `JSON.stringify` and `util.inspect` show neither the refresh token nor the client secret; the fields
 * themselves are plain.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2RefreshTokenRequestForm, RefreshTokenForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * @Controller()
 * export class TokenController {
 *   private readonly clients = new Map([['tGzv3JOkF0XG5Qx2TlKWIA', 's6BhdRkqt3']]);
 *
 *   @TokenEndpoint('token')
 *   token(@RefreshTokenForm() form: OAuth2RefreshTokenRequestForm): TokenResponse {
 *     const clientId = this.clients.get(form.refreshToken);
 *     if (clientId === undefined || clientId !== form.clientId) throw new OAuth2Exception('invalid_grant');
 *     return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 * @publicApi
 */
export class OAuth2RefreshTokenRequestForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: 'refresh_token',
    fields: { refresh_token: { required: true, pattern: ISSUED, secret: true }, scope: SCOPE },
    client: 'optional',
  };

  declare readonly grantType: 'refresh_token';
  /** Printable ASCII, never empty. */
  declare readonly refreshToken: string;
  /**
   * The scopes asked for, in the order sent, duplicates included; empty where the scopes of the refresh token are
   * meant.
   */
  declare readonly scopes: string[];

  constructor(fields: FormFields<OAuth2RefreshTokenRequestForm, 'refreshToken'>) {
    super(fields);
  }
}

/**
 * The refresh token that a client posted: an `OAuth2RefreshTokenRequestForm`.
 *
 * It checks neither the token nor the client. As with `@PasswordForm()`, the form needs class-validator and the
 * adapter's form parser. A client that uses HTTP Basic may name itself in the form again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2RefreshTokenRequestForm, RefreshTokenForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
 * @throws OAuth2Exception when the request is not a refresh token grant.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 * @publicApi
 */
export function RefreshTokenForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2RefreshTokenRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator('@RefreshTokenForm()', [OAuth2RefreshTokenRequestForm], pipes);
}
