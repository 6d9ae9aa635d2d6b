import { RedactedForm } from './redacted-form.js';

type PasswordFormFields = Pick<OAuth2PasswordRequestForm, 'username' | 'password'> &
  Partial<Pick<OAuth2PasswordRequestForm, 'grantType' | 'scopes' | 'clientId' | 'clientSecret'>>;

/**
 * The form of the password grant, as `@PasswordForm()` reads it.
 *
 * It checks neither the user nor the client: the handler does. `JSON.stringify` and `util.inspect`
 * show neither the password nor the client secret; the fields themselves are plain.
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
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 * @publicApi
 */
export class OAuth2PasswordRequestForm extends RedactedForm {
  /** `null` when the client left it out, which only the strict form refuses. */
  readonly grantType!: 'password' | null;
  /** As it was sent: not trimmed, not normalised, never empty. */
  readonly username!: string;
  /** As it was sent: not trimmed, not normalised, never empty. The body parser alone limits its length. */
  readonly password!: string;
  /** The scopes asked for, in the order sent, duplicates included. */
  readonly scopes!: string[];
  /** From HTTP Basic or from the form. */
  readonly clientId!: string | null;
  /** From HTTP Basic, where it may be empty, or from the form. */
  readonly clientSecret!: string | null;

  constructor(fields: PasswordFormFields) {
    super();
    Object.assign(
      this,
      { grantType: null, scopes: [], clientId: null, clientSecret: null },
      fields,
    );
  }
}

/**
 * The form of the password grant, sent with `grant_type=password` as the RFC requires.
 *
 * What `@PasswordForm({ strict: true })` reads; otherwise as `OAuth2PasswordRequestForm`.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2PasswordRequestFormStrict, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestFormStrict): TokenResponse {
 *     return { access_token: form.username, token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 * @publicApi
 */
export class OAuth2PasswordRequestFormStrict extends OAuth2PasswordRequestForm {
  declare readonly grantType: 'password';

  constructor(fields: Omit<PasswordFormFields, 'grantType'>) {
    super({ ...fields, grantType: 'password' });
  }
}
