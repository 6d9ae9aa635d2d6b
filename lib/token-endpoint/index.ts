export {
  AuthorizationCodeForm,
  OAuth2AuthorizationCodeRequestForm,
} from './authorization-code-form.js';
export {
  ClientCredentialsForm,
  OAuth2ClientCredentialsRequestForm,
} from './client-credentials-form.js';
export { OAuth2Exception } from './oauth2.exception.js';
export { OAuth2ExceptionFilter } from './oauth2-exception.filter.js';
export {
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
  PasswordForm,
} from './password-form.js';
export { OAuth2RefreshTokenRequestForm, RefreshTokenForm } from './refresh-token-form.js';
export { OAuth2RequestForm } from './request-form.js';
export { TokenEndpoint } from './token-endpoint.decorator.js';
export { TokenRequest } from './token-request.js';
export { TokenResponse } from './token-response.js';
export { verifyCodeChallenge } from '../protocol/pkce.js';

export type { OAuth2Grant, OAuth2GrantClient, OAuth2GrantField } from './grant.js';
export type { OAuth2ErrorCode, OAuth2ExceptionOptions } from './oauth2.exception.js';
export type { PasswordFormOptions } from './password-form.js';
export type { FormFields, OAuth2FormClass } from './request-form.js';
export type {
  OAuth2GrantType,
  OAuth2TokenRequestForm,
  TokenRequestOptions,
} from './token-request.js';
export type { CodeChallengeMethod } from '../protocol/pkce.js';
