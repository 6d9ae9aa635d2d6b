import {
  APIKeyHeader,
  type Authentication,
  HTTPBasic,
  InsufficientScopeException,
  OAuth2PasswordBearer,
} from 'nestjs-security';

/** A token says what becomes of it: `john/me.items` is John's, with the scopes me and items. */
export function readAccount(text: string): Authentication<string> | null {
  if (text === 'thrown') throw new InsufficientScopeException(['thrown']);
  const [user, scopes] = text.split('/');
  return user && user !== 'bad' ? { user, scopes: scopes?.split('.') } : null;
}

/** A bearer scheme, read by `readAccount`. */
export const token = new OAuth2PasswordBearer<string, 'me' | 'items'>({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { me: 'Your profile.', items: 'Your items.' },
  validate: readAccount,
});

/** A key, read by `readAccount`. */
export const key = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: readAccount,
});

/** Another key, read by `readAccount`, later. */
export const slowKey = new APIKeyHeader<string>({
  schemeName: 'SlowKey',
  name: 'X-Slow-Key',
  validate: async (text) => Promise.resolve(readAccount(text)),
});

/** Basic credentials, whose user name `readAccount` reads. */
export const basic = new HTTPBasic<string>({
  schemeName: 'Basic',
  validate: ({ username }) => readAccount(username),
});

export const BASIC = 'Basic realm="Restricted", charset="UTF-8"';
export const WRONG = 'Bearer error="invalid_token"';
export const AMBIGUOUS = 'Bearer error="invalid_request"';

type Line = [name: string, value: string];

export const withToken = (value: string): Line => ['Authorization', `Bearer ${value}`];
export const withBasic = (username: string): Line => [
  'Authorization',
  `Basic ${Buffer.from(`${username}:`).toString('base64')}`,
];
export const withKey = (value: string): Line => ['X-API-Key', value];
export const withSlowKey = (value: string): Line => ['X-Slow-Key', value];
