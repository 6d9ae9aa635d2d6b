import { Controller } from '@nestjs/common';
import {
  AuthorizationCodeForm,
  OAuth2AuthorizationCodeRequestForm,
} from '../../lib/token-endpoint/authorization-code-form.js';
import {
  ClientCredentialsForm,
  OAuth2ClientCredentialsRequestForm,
} from '../../lib/token-endpoint/client-credentials-form.js';
import {
  OAuth2RefreshTokenRequestForm,
  RefreshTokenForm,
} from '../../lib/token-endpoint/refresh-token-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { sent } from './answers.js';

@Controller()
export class TokenController {
  @TokenEndpoint('client_credentials')
  client(@ClientCredentialsForm() form: OAuth2ClientCredentialsRequestForm): object {
    return { ...form };
  }

  @TokenEndpoint('authorization_code')
  code(@AuthorizationCodeForm() form: OAuth2AuthorizationCodeRequestForm): object {
    return { ...form };
  }

  @TokenEndpoint('refresh_token')
  refresh(@RefreshTokenForm() form: OAuth2RefreshTokenRequestForm): object {
    return { ...form };
  }
}

// The examples of RFC 6749, sections 4.1.3, 4.4.2 and 6, and of RFC 7636, appendix B
export const BASIC = 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW';
const credentials = { clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV' };
export const CLIENT = 'client_id=s6BhdRkqt3';
export const SECRET = `${CLIENT}&client_secret=gX1fBat3bV`;
const CODE = 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA';
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const TOKEN = 'grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA';

export const grants = {
  client_credentials: {
    form: 'grant_type=client_credentials',
    fields: { grantType: 'client_credentials', scopes: [], ...credentials },
    missing: 'grant_type',
  },
  authorization_code: {
    form: CODE,
    fields: {
      grantType: 'authorization_code',
      code: 'SplxlOBeZQQYbYS6WxSbIA',
      redirectUri: null,
      codeVerifier: null,
      ...credentials,
    },
    missing: 'grant_type, code',
  },
  refresh_token: {
    form: TOKEN,
    fields: {
      grantType: 'refresh_token',
      refreshToken: 'tGzv3JOkF0XG5Qx2TlKWIA',
      scopes: [],
      ...credentials,
    },
    missing: 'grant_type, refresh_token',
  },
};
export type Grant = keyof typeof grants;
export const accepted = (grant: Grant, fields: object = {}) =>
  sent(200, { ...grants[grant].fields, ...fields });
