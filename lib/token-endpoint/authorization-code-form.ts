import type { PipeTransform, Type } from '@nestjs/common';
import { CODE_VERIFIER } from '../protocol/pkce.js';
import { ISSUED, type OAuth2Grant } from './grant.js';
import { type FormFields, OAuth2RequestForm } from './request-form.js';
import { tokenFormDecorator } from './token-form.decorator.js';

/**
 * The form of the authorization code grant, as `@AuthorizationCodeForm()` reads it.
 *
 * It checks neither the code nor the client: the handler does, and compares the client, the redirect URI and
 * the PKCE challenge with those of the authorization request. `JSON.stringify` and `util.inspect` show neither
 * the code, the code verifier nor the client secret; the fields themselves are plain.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { AuthorizationCodeForm, OAuth2AuthorizationCodeRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse, verifyCodeChallenge } from 'nestjs-security/token-endpoint';
 *
 * interface Grant {
 *   clientId: string;
 *   redirectUri: string;
 *   codeChallenge: string;
 * }
 *
 * @Controller()
 * export class TokenController {
 *   private readonly grants = new Map<string, Grant>();
 *
 *   @TokenEndpoint('token')
 *   token(@AuthorizationCodeForm() form: OAuth2AuthorizationCodeRequestForm): TokenResponse {
 *     const grant = this.grants.get(form.code);
 *     this.grants.delete(form.code);
 *     const granted =
 *       grant?.clientId === form.clientId &&
 *       grant.redirectUri === form.redirectUri &&
 *       verifyCodeChallenge(form.codeVerifier, grant.codeChallenge);
 *     if (!granted) throw new OAuth2Exception('invalid_grant');
 *     return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 * @publicApi
 */
export class OAuth2AuthorizationCodeRequestForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: 'authorization_code',
    fields: {
      code: { required: true, pattern: ISSUED, secret: true },
      redirect_uri: { description: 'As in the authorization request.' },
      code_verifier: {
        description: 'What PKCE’s challenge was made of.',
        pattern: CODE_VERIFIER,
        secret: true,
      },
    },
    client: 'named',
  };

  declare readonly grantType: 'authorization_code';
  /** Printable ASCII, never empty. */
  declare readonly code: string;
  /** As it was sent; compare it with the redirect URI of the authorization request. */
  declare readonly redirectUri: string | null;
  /** The code verifier of PKCE, which is well-formed. */
  declare readonly codeVerifier: string | null;
  /** From HTTP Basic or from the form: the RFC requires it of public clients too. */
  declare readonly clientId: string;

  constructor(fields: FormFields<OAuth2AuthorizationCodeRequestForm, 'code' | 'clientId'>) {
    super(fields);
  }
}

/**
 * The authorization code that a client posted: an `OAuth2AuthorizationCodeRequestForm`, with PKCE's verifier.
 *
 * It checks neither the code nor the client; `verifyCodeChallenge` checks the verifier. As with `@PasswordForm()`, the
 * form needs class-validator and the adapter's form parser. A client that uses HTTP Basic may name itself in the form
 * again.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { AuthorizationCodeForm, OAuth2AuthorizationCodeRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
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
 * @throws OAuth2Exception when the request is not an authorization code grant.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 * @publicApi
 */
export function AuthorizationCodeForm(
  ...pipes: (Type<PipeTransform> | PipeTransform<OAuth2AuthorizationCodeRequestForm>)[]
): ParameterDecorator {
  return tokenFormDecorator(
    '@AuthorizationCodeForm()',
    [OAuth2AuthorizationCodeRequestForm],
    pipes,
  );
}
