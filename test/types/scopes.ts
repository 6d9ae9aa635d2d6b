import {
  allOf,
  anonymous,
  anyOf,
  APIKeyHeader,
  OAuth2AuthorizationCodeBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
  optional,
  Scopes,
  type ScopesOf,
  Security,
  withScopes,
} from 'nestjs-security';
import type { WithScopes } from '../../lib/requirements/requirement.js';
import { holds, type Same } from './same.js';

interface User {
  name: string;
}

class UserToken extends OAuth2PasswordBearer<User, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Your profile.', items: 'Your items.' } });
  }
}

class StaffToken extends OAuth2AuthorizationCodeBearer<User, 'items' | 'admin'> {}
class AnyToken extends OAuth2PasswordBearer<User> {}
class Key extends APIKeyHeader<User> {}

const token = new OAuth2PasswordBearer<User, 'me'>({ tokenUrl: 'token', scopes: { me: 'Me.' } });
const inferred = new OAuth2PasswordBearer({ tokenUrl: 'token', scopes: { me: 'Me.' } });
const openId = new OpenIdConnect<User, 'mail'>({ openIdConnectUrl: 'openid' });

// The scopes of a requirement.
holds<Same<ScopesOf<typeof UserToken>, 'me' | 'items'>>();
holds<Same<ScopesOf<UserToken>, 'me' | 'items'>>();
holds<Same<ScopesOf<typeof AnyToken>, string>>();
holds<Same<ScopesOf<typeof Key>, string>>();
holds<Same<ScopesOf<typeof token>, 'me'>>();
holds<Same<ScopesOf<typeof openId>, 'mail'>>();
holds<Same<ScopesOf<typeof anonymous>, never>>();

const either = anyOf(UserToken, StaffToken);
const eitherOrKey = anyOf(UserToken, Key);
const disjoint = anyOf(token, openId);
const both = allOf(UserToken, StaffToken);
const maybe = optional(UserToken);
const nested = anyOf(allOf(UserToken, StaffToken), UserToken);

holds<Same<ScopesOf<typeof either>, 'items'>>();
holds<Same<ScopesOf<typeof eitherOrKey>, 'me' | 'items'>>();
holds<Same<ScopesOf<typeof disjoint>, never>>();
holds<Same<ScopesOf<typeof both>, 'me' | 'items' | 'admin'>>();
holds<Same<ScopesOf<typeof maybe>, never>>();
holds<Same<ScopesOf<typeof nested>, 'me' | 'items'>>();

// @Security checks them.
Security(UserToken);
Security(UserToken, []);
Security(UserToken, ['me', 'items']);
Security(token, ['me']);
Security(inferred, ['me']);
Security(Key, ['any']);
Security(AnyToken, ['any']);
Security(either, ['items']);
Security(eitherOrKey, ['me']);
Security(both, ['me', 'admin']);
Security(nested, ['me']);
Security(anyOf(UserToken, StaffToken), ['items']);
Security(optional(UserToken));
Security(optional(UserToken), []);
Security(anonymous);

// @ts-expect-error a scope that the scheme does not declare
Security(UserToken, ['itmes']);
// @ts-expect-error one of two is unknown
Security(UserToken, ['me', 'itmes']);
// @ts-expect-error an instance's unknown scope
Security(token, ['items']);
// @ts-expect-error an unknown scope, where the scopes are inferred
Security(inferred, ['items']);
// @ts-expect-error only one alternative can grant it
Security(either, ['me']);
// @ts-expect-error only one alternative can grant it, inline
Security(anyOf(UserToken, StaffToken), ['admin']);
// @ts-expect-error no scope is common to both
Security(disjoint, ['me']);
// @ts-expect-error neither of both declares it
Security(both, ['other']);
// @ts-expect-error anonymous requests have no scopes
Security(optional(UserToken), ['me']);
// @ts-expect-error nobody has scopes
Security(anonymous, ['me']);
// @ts-expect-error scopes are a list
Security(UserToken, 'me');

// @ts-expect-error not a requirement
Security(undefined);
// @ts-expect-error a name is no requirement
Security('UserToken');
// @ts-expect-error any class is no scheme
Security(class Other {});
// @ts-expect-error anyOf of what is no requirement
anyOf(UserToken, 'Key');
// @ts-expect-error allOf of a plain object
allOf({ schemeName: 'Key' });

// @Scopes checks them where it is told the scheme.
Scopes('anything');
Scopes<UserToken>('me', 'items');
Scopes<typeof UserToken>('me');
Scopes<typeof token>('me');

// @ts-expect-error a scope that the scheme does not declare
Scopes<UserToken>('itmes');
// @ts-expect-error a scope of another scheme
Scopes<UserToken>('admin');
// @ts-expect-error not a text
Scopes(1);

// withScopes checks them, and is a requirement like any other.
withScopes(UserToken, []);
withScopes(UserToken, ['me', 'items']);
withScopes(token, ['me']);
withScopes(Key, ['any']);
withScopes(either, ['items']);
withScopes(both, ['me', 'admin']);
withScopes(withScopes(UserToken, ['me']), ['items']);
Security(anyOf(withScopes(UserToken, ['me']), withScopes(UserToken, ['items'])), ['me']);
Security(withScopes(UserToken, ['me']), ['items']);
Security(optional(withScopes(UserToken, ['me'])));
Security(allOf(withScopes(UserToken, ['me']), StaffToken), ['admin']);

const asking = withScopes(UserToken, ['me']);
const askingEither = anyOf(withScopes(UserToken, ['me']), StaffToken);
holds<Same<ScopesOf<typeof asking>, 'me' | 'items'>>();
holds<Same<ScopesOf<typeof askingEither>, 'items'>>();
holds<Same<ScopesOf<WithScopes>, string>>();

// @ts-expect-error a scope that the scheme does not declare
withScopes(UserToken, ['itmes']);
// @ts-expect-error only one alternative can grant it
withScopes(either, ['me']);
// @ts-expect-error anonymous requests have no scopes
withScopes(optional(UserToken), ['me']);
// @ts-expect-error scopes are a list
withScopes(UserToken, 'me');
// @ts-expect-error they are needed
withScopes(UserToken);
// @ts-expect-error not a requirement
withScopes('UserToken', []);
// @ts-expect-error an unknown scope of the route
Security(withScopes(UserToken, ['me']), ['itmes']);
// @ts-expect-error only one alternative can grant it
Security(askingEither, ['me']);
