import {
  OAuth2,
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

/** Where an authorization server would be. */
const authorizationUrl = 'https://login.example/authorize';
const tokenUrl = 'https://login.example/token';

/** Any flows; what arrives is the whole `Authorization` header. */
export const implicit = new OAuth2({
  flows: { implicit: { authorizationUrl, scopes: {} } },
  validate: (authorization) => checkSecret(authorization.replace(/^Bearer +/i, '')),
});

/** The only flow whose token endpoint this sample serves itself. */
export const password = new OAuth2PasswordBearer({ tokenUrl: 'token', validate: checkSecret });

export const authorizationCode = new OAuth2AuthorizationCodeBearer({
  authorizationUrl,
  tokenUrl,
  validate: checkSecret,
});

export const clientCredentials = new OAuth2ClientCredentialsBearer({
  tokenUrl,
  validate: checkSecret,
});
