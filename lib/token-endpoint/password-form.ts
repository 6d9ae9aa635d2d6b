import type { PipeTransform, Type } from '@nestjs/common';
import { assertKnownOptions } from '../errors/known-options.js';
import { type OAuth2Grant, SCOPE } from './grant.js';
import { type FormFields, OAuth2RequestForm } from './request-form.js';
import { tokenFormDecorator } from './token-form.decorator.js';

const FIELDS: OAuth2Grant['fields'] = {
  username: { required: true },
  password: { required: true, secret: true },
  scope: SCOPE,
};

/**
 * The form of the password grant, as `@PasswordForm()` reads it.
 *
 * It checks neither the user nor the client: the handler does. `JSON.stringify` and `util.inspect`
 * show neither the password nor the client secret; the fields themselves are plain.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2PasswordRequestForm, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
export class OAuth2PasswordRequestForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: 'password',
    fields: { grant_type: { required: false }, ...FIELDS },
    client: 'optional',
  };

  /** `null` when the client left it out, which only the strict form refuses. */
  declare readonly grantType: 'password' | null;
  /** As it was sent: not trimmed, not normalised, never empty. */
  declare readonly username: string;
  /**
   * As it was sent: not trimmed, not normalised, never empty. A form may be a mebibyte long, or less where the body
   * parser has a lower limit.
   */
  declare readonly password: string;
  /** The scopes asked for, in the order sent, duplicates included. */
  declare readonly scopes: string[];

  constructor(
    fields: FormFields<OAuth2PasswordRequestForm, 'username' | 'password'> &
      Partial<Pick<OAuth2PasswordRequestForm, 'grantType'>>,
  ) {
    super(fields);
  }
}

/**
 * The form of the password grant, sent with `grant_type=password` as the RFC requires.
 *
 * `@PasswordForm({ strict: true })` reads it; otherwise it is like `OAuth2PasswordRequestForm`.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2PasswordRequestFormStrict, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
  static override readonly grant: OAuth2Grant = {
    grantType: 'password',
    fields: FIELDS,
    client: 'optional',
  };

  declare readonly grantType: 'password';

  constructor(fields: FormFields<OAuth2PasswordRequestFormStrict, 'username' | 'password'>) {
    super(fields);
  }
}

/**
 * Options of `@PasswordForm()`.
 *
 * @publicApi
 */
export interface PasswordFormOptions {
  /** Refuse a form without `grant_type=password`, as RFC 6749 does. Default: `false`, as in FastAPI. */
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
 * import { OAuth2PasswordRequestForm, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
  options: PasswordFormOptions = {},
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2PasswordRequestForm>)[]
): ParameterDecorator {
  assertKnownOptions('@PasswordForm()', options, { strict: true });
  const form = options.strict ? OAuth2PasswordRequestFormStrict : OAuth2PasswordRequestForm;
  return tokenFormDecorator('@PasswordForm()', [form], pipes);
}
