import { RedactedForm } from './redacted-form.js';

type RefreshTokenFormFields = Pick<OAuth2RefreshTokenRequestForm, 'refreshToken'> &
  Partial<Pick<OAuth2RefreshTokenRequestForm, 'scopes' | 'clientId' | 'clientSecret'>>;

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
 * import { OAuth2Exception, OAuth2RefreshTokenRequestForm, RefreshTokenForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
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
export class OAuth2RefreshTokenRequestForm extends RedactedForm {
  readonly grantType = 'refresh_token';
  /** Printable ASCII, never empty. */
  readonly refreshToken!: string;
  /** The scopes asked for, in the order sent, duplicates included; empty: those of the refresh token. */
  readonly scopes: string[] = [];
  /** From HTTP Basic or from the form. */
  readonly clientId: string | null = null;
  /** From HTTP Basic, where it may be empty, or from the form. */
  readonly clientSecret: string | null = null;

  constructor(fields: RefreshTokenFormFields) {
    super();
    Object.assign(this, fields);
  }
}
