import {
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  type Authentication,
  HTTPBasic,
  type HTTPAuthorizationCredentials,
  type HTTPBasicCredentials,
  HTTPBearer,
  HTTPScheme,
  OAuth2,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
  type SecurityRequest,
  type UserOf,
  type ValidationContext,
} from 'nestjs-security';
import { holds, type Same } from './same.js';

interface User {
  name: string;
}

const john: User = { name: 'john' };

// The credentials that validate is given.
new APIKeyHeader<User>({ name: 'a', validate: (key) => (holds<Same<typeof key, string>>(), null) });
new APIKeyQuery<User>({ name: 'a', validate: (key) => (holds<Same<typeof key, string>>(), null) });
new APIKeyCookie<User>({ name: 'a', validate: (key) => (holds<Same<typeof key, string>>(), null) });
new HTTPBasic<User>({
  validate: (given) => (holds<Same<typeof given, HTTPBasicCredentials>>(), null),
});
new HTTPBearer<User>({
  validate: (given) => (holds<Same<typeof given, HTTPAuthorizationCredentials>>(), null),
});
new HTTPScheme<User>({
  scheme: 'Negotiate',
  validate: (given) => (holds<Same<typeof given, HTTPAuthorizationCredentials>>(), null),
});
new OAuth2PasswordBearer<User>({
  tokenUrl: 'token',
  validate: (token) => (holds<Same<typeof token, string>>(), null),
});
new OAuth2ClientCredentialsBearer<User>({
  tokenUrl: 'token',
  validate: (token) => (holds<Same<typeof token, string>>(), null),
});
new OAuth2<User>({
  flows: { password: { tokenUrl: 'token', scopes: {} } },
  validate: (value) => (holds<Same<typeof value, string>>(), null),
});
new OpenIdConnect<User>({
  openIdConnectUrl: 'openid',
  validate: (token) => (holds<Same<typeof token, string>>(), null),
});

// What it may look at beside them.
new HTTPBearer<User>({
  validate: (_given, context) => {
    holds<Same<typeof context, ValidationContext>>();
    holds<Same<typeof context.scopes, readonly string[]>>();
    holds<Same<typeof context.scopeStr, string>>();
    holds<Same<typeof context.request, SecurityRequest>>();
    return null;
  },
});

// What it may answer.
const name = 'a';
new APIKeyHeader<User>({ name, validate: () => ({ user: john }) });
new APIKeyHeader<User>({ name, validate: () => ({ user: john, scopes: ['a'] }) });
new APIKeyHeader<User>({ name, validate: () => ({ user: john, scopes: new Set(['a']) }) });
new APIKeyHeader<User>({ name, validate: () => ({ user: john, scopes: undefined }) });
new APIKeyHeader<User>({ name, validate: () => null });
new APIKeyHeader<User>({ name, validate: () => undefined });
new APIKeyHeader<User>({ name, validate: () => false });
new APIKeyHeader<User>({ name, validate: async () => ({ user: john }) });
new APIKeyHeader<User>({ name, validate: async () => null });

// @ts-expect-error true does not say who it is
new APIKeyHeader<User>({ name, validate: () => true });
// @ts-expect-error nor does a promise of true
new APIKeyHeader<User>({ name, validate: async () => true });
// @ts-expect-error a user alone is no authentication
new APIKeyHeader<User>({ name, validate: () => john });
// @ts-expect-error another user
new APIKeyHeader<User>({ name, validate: () => ({ user: 1 }) });
// @ts-expect-error no user
new APIKeyHeader<User>({ name, validate: () => ({ scopes: ['a'] }) });
// @ts-expect-error scopes are no text
new APIKeyHeader<User>({ name, validate: () => ({ user: john, scopes: 'a b' }) });

// A method has the same signature.
class Token extends OAuth2PasswordBearer<User, 'me'> {
  override async validate(token: string, { scopes }: ValidationContext) {
    return scopes.length > 0 ? null : { user: { name: token }, scopes: ['me'] };
  }
}
class WrongCredentials extends OAuth2PasswordBearer<User> {
  // @ts-expect-error the credentials are a text
  override validate(token: number) {
    return { user: { name: String(token) } };
  }
}
class WrongAnswer extends OAuth2PasswordBearer<User> {
  // @ts-expect-error true does not say who it is
  override validate() {
    return true;
  }
}

// The user of a scheme.
class Late extends HTTPBasic<User> {
  override async validate(): Promise<Authentication<User> | null> {
    return Promise.resolve(null);
  }
}
const login = new HTTPBasic();
const typed = new APIKeyHeader<User>({ name });

holds<Same<UserOf<typeof Late>, User>>();
holds<Same<UserOf<Late>, User>>();
holds<Same<UserOf<typeof typed>, User>>();
holds<Same<UserOf<typeof login>, HTTPBasicCredentials>>();
holds<Same<UserOf<typeof Token>['name'], string>>();

export { WrongAnswer, WrongCredentials };
