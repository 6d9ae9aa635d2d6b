/**
 * The body of a token endpoint's successful answer, under the names that the RFC gives.
 *
 * It only describes the body: nothing is issued, signed or stored.
 *
 * @example
 * ```ts
 * import type { TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * export const response: TokenResponse = {
 *   access_token: '2YotnFZFEjr1zCsicMWpAA',
 *   token_type: 'bearer',
 *   expires_in: 3600,
 * };
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 * @publicApi
 */
export class TokenResponse {
  access_token!: string;
  /** How to use the token; case-insensitive. Mostly `bearer`. */
  token_type!: string;
  /** The lifetime of the access token in seconds. */
  expires_in?: number | undefined;
  refresh_token?: string | undefined;
  /** The granted scopes, separated by spaces. Required when they differ from those requested. */
  scope?: string | undefined;
}
