import {
  OAuth2,
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

/** The sample's own provider; an application names the URLs of an authorization server. */
const authorizationUrl = 'authorize';
const tokenUrl = 'token';

const WINDOW = 'Press Authorize, and log in as `demo` with `demo-secret` in the window that opens.';

export const password = new OAuth2PasswordBearer({
  tokenUrl,
  description: 'Type `demo` and `demo-secret`.',
  validate: checkSecret,
});

export const authorizationCode = new OAuth2AuthorizationCodeBearer({
  authorizationUrl,
  tokenUrl,
  description: WINDOW,
  validate: checkSecret,
});

export const clientCredentials = new OAuth2ClientCredentialsBearer({
  tokenUrl,
  description: 'Press Authorize: the client `demo` and its secret `demo-secret` are filled in.',
  validate: checkSecret,
});

/** Any flows; what arrives is the whole `Authorization` header. */
export const implicit = new OAuth2({
  schemeName: 'OAuth2Implicit',
  flows: { implicit: { authorizationUrl, scopes: {} } },
  description: WINDOW,
  validate: (authorization) => checkSecret(authorization.replace(/^Bearer +/i, '')),
});

export const device = new OAuth2({
  schemeName: 'OAuth2Device',
  flows: {
    deviceAuthorization: { deviceAuthorizationUrl: 'device_authorization', tokenUrl, scopes: {} },
  },
  description: 'Not from here: begin with `POST /device_authorization`, as a device would.',
  validate: (authorization) => checkSecret(authorization.replace(/^Bearer +/i, '')),
});
