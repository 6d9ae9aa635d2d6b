import {
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  HTTPBasic,
  HTTPBearer,
  HTTPScheme,
  OAuth2,
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
  type SecurityScheme,
} from 'nestjs-security';
import { vi } from 'vitest';
import type { RawRequest } from '../support/raw-request.js';

/** The one secret that every scheme here accepts. */
export const GOOD = 'good-4f1c';
export const USER = 'john';

/** What every `validate` of these schemes was called with. */
export const validated = vi.fn<(credentials: unknown) => void>();

const accepting =
  <Credentials>(secretOf: (credentials: Credentials) => string) =>
  (credentials: Credentials) => {
    validated(credentials);
    return secretOf(credentials) === GOOD ? { user: USER } : null;
  };
const whole = accepting((text: string) => text);
const tokenOf = accepting(({ credentials }: { credentials: string }) => credentials);

/** One scheme, how its credentials are sent, and how it asks for them. */
export interface Guarded {
  readonly name: string;
  readonly scheme: SecurityScheme;
  readonly challenge: string;
  /** A request with these credentials. */
  readonly sending: (secret: string) => RawRequest;
  /** The `Authorization` scheme, for those that have one. */
  readonly authScheme?: string;
  readonly isBearer: boolean;
}

const authorization = (value: string): RawRequest => ({ headers: [['Authorization', value]] });
const inHeader = (scheme: string) => (secret: string) => authorization(`${scheme} ${secret}`);
const asBasic = (secret: string) =>
  authorization(`Basic ${Buffer.from(`${USER}:${secret}`).toString('base64')}`);

const bearer = (name: string, scheme: SecurityScheme): Guarded => ({
  name,
  scheme,
  challenge: 'Bearer',
  sending: inHeader('Bearer'),
  authScheme: 'Bearer',
  isBearer: true,
});
const key = (
  name: string,
  scheme: SecurityScheme,
  sending: (secret: string) => RawRequest,
): Guarded => ({ name, scheme, challenge: 'APIKey', sending, isBearer: false });

const url = 'https://login.example/x';
const scopes = {};
const codes = { authorizationUrl: url, tokenUrl: url };

/** Every scheme whose credentials are a secret that is sent as it is. */
export const guarded: Guarded[] = [
  key(
    'keyHeader',
    new APIKeyHeader({ schemeName: 'KeyHeader', name: 'X-API-Key', validate: whole }),
    (secret) => ({ headers: [['X-API-Key', secret]] }),
  ),
  key(
    'keyQuery',
    new APIKeyQuery({ schemeName: 'KeyQuery', name: 'api_key', validate: whole }),
    (secret) => ({ path: `?api_key=${encodeURIComponent(secret)}` }),
  ),
  key(
    'keyCookie',
    new APIKeyCookie({ schemeName: 'KeyCookie', name: 'api_key', validate: whole }),
    (secret) => ({ headers: [['Cookie', `api_key=${secret}`]] }),
  ),
  {
    name: 'basic',
    scheme: new HTTPBasic({
      schemeName: 'Basic',
      validate: accepting(({ password }: { password: string }) => password),
    }),
    challenge: 'Basic realm="Restricted", charset="UTF-8"',
    sending: asBasic,
    authScheme: 'Basic',
    isBearer: false,
  },
  bearer('bearer', new HTTPBearer({ schemeName: 'Bearer', validate: tokenOf })),
  {
    name: 'other',
    scheme: new HTTPScheme({ schemeName: 'Other', scheme: 'Negotiate', validate: tokenOf }),
    challenge: 'Negotiate',
    sending: inHeader('Negotiate'),
    authScheme: 'Negotiate',
    isBearer: false,
  },
  bearer(
    'password',
    new OAuth2PasswordBearer({ schemeName: 'Password', tokenUrl: url, scopes, validate: whole }),
  ),
  bearer(
    'code',
    new OAuth2AuthorizationCodeBearer({ schemeName: 'Code', ...codes, scopes, validate: whole }),
  ),
  bearer(
    'client',
    new OAuth2ClientCredentialsBearer({ schemeName: 'Client', tokenUrl: url, validate: whole }),
  ),
  bearer(
    'openId',
    new OpenIdConnect({ schemeName: 'OpenId', openIdConnectUrl: url, validate: whole }),
  ),
];

/** The base class, which reads the header as it is and so is not in the list of those that parse it. */
export const rawOAuth2: Guarded = {
  name: 'raw',
  scheme: new OAuth2({
    schemeName: 'Raw',
    flows: { clientCredentials: { tokenUrl: url, scopes } },
    validate: accepting((value: string) => value.replace(/^Bearer /, '')),
  }),
  challenge: 'Bearer',
  sending: inHeader('Bearer'),
  isBearer: true,
};

export const everyScheme: Guarded[] = [...guarded, rawOAuth2];
export const authorizationSchemes = guarded.filter(({ authScheme }) => authScheme !== undefined);
export const bearerSchemes = guarded.filter(({ isBearer }) => isBearer);
