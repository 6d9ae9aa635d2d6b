import { RedactedForm } from './redacted-form.js';

type AuthorizationCodeFormFields = Pick<OAuth2AuthorizationCodeRequestForm, 'code' | 'clientId'> &
  Partial<
    Pick<OAuth2AuthorizationCodeRequestForm, 'redirectUri' | 'codeVerifier' | 'clientSecret'>
  >;

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
 * import { AuthorizationCodeForm, OAuth2AuthorizationCodeRequestForm, OAuth2Exception, TokenEndpoint, TokenResponse, verifyCodeChallenge } from 'nestjs-security';
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
export class OAuth2AuthorizationCodeRequestForm extends RedactedForm {
  readonly grantType = 'authorization_code';
  /** Printable ASCII, never empty. */
  readonly code!: string;
  /** As it was sent: to be compared with that of the authorization request. */
  readonly redirectUri: string | null = null;
  /** PKCE's, well-formed. */
  readonly codeVerifier: string | null = null;
  /** From HTTP Basic or from the form: the RFC requires it of public clients too. */
  readonly clientId!: string;
  /** From HTTP Basic, where it may be empty, or from the form; `null` of a client that did not authenticate. */
  readonly clientSecret: string | null = null;

  constructor(fields: AuthorizationCodeFormFields) {
    super();
    Object.assign(this, fields);
  }
}
