// Compile-only: `tsc --noEmit` is the test.
import type {
  Authentication,
  CredentialsOf,
  CurrentAuthentication,
  HTTPAuthorizationCredentials,
  HTTPBasicCredentials,
  OneOf,
  SchemeAuthentication,
  UserOf,
} from 'nestjs-security';
import {
  APIKeyCookie,
  APIKeyHeader,
  HTTPBasic,
  HTTPBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
  SecurityScheme,
} from 'nestjs-security';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles for equal types only. */
function same<A, B>(..._equal: Equal<A, B> extends true ? [] : ['the types differ']): void {}

interface User {
  name: string;
}

class Token extends OAuth2PasswordBearer<User, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Me.', items: 'Items.' } });
  }
  override async validate(token: string): Promise<Authentication<User> | null> {
    return { user: { name: token } };
  }
}

class Inferred extends HTTPBasic<{ id: number }> {
  override validate({ username }: HTTPBasicCredentials) {
    return username === 'root' ? { user: { id: 1 } } : null;
  }
}

class Signature extends SecurityScheme<{ key: string; value: string }, 'signer'> {
  describe() {
    return { type: 'apiKey', in: 'header', name: 'X-Signature' } as const;
  }
  extract() {
    return { key: 'a', value: 'b' };
  }
  challenge() {
    return 'Signature';
  }
}

const key = new APIKeyHeader<{ service: number }>({
  name: 'X-API-Key',
  validate: () => ({ user: { service: 1 } }),
});
const plain = new APIKeyCookie({ name: 'key' });
const basic = new HTTPBasic();
const bearer = new HTTPBearer();
const staff = new OpenIdConnect<User>({ openIdConnectUrl: 'https://login.example' });

same<UserOf<typeof Token>, User>();
same<UserOf<Token>, User>();
same<UserOf<typeof key>, { service: number }>();
same<UserOf<typeof Inferred>, { id: number }>();
same<UserOf<typeof Signature>, 'signer'>();
same<UserOf<typeof plain>, string>();
same<UserOf<typeof basic>, HTTPBasicCredentials>();
same<UserOf<typeof bearer>, HTTPAuthorizationCredentials>();
same<UserOf<typeof staff>, User>();

same<CredentialsOf<typeof Token>, string>();
same<CredentialsOf<typeof key>, string>();
same<CredentialsOf<typeof plain>, string>();
same<CredentialsOf<typeof Inferred>, HTTPBasicCredentials>();
same<CredentialsOf<typeof bearer>, HTTPAuthorizationCredentials>();
same<CredentialsOf<typeof Signature>, { key: string; value: string }>();

declare const authentication: CurrentAuthentication;

same<typeof authentication.isAnonymous, boolean>();
same<typeof authentication.scopes, ReadonlySet<string>>();

export function one(): void {
  const found = authentication.of(Token);
  same<typeof found, SchemeAuthentication<typeof Token> | null>();
  // @ts-expect-error: the scheme may have taken no part
  void found.user;
  if (found === null) return;
  same<typeof found.user, User>();
  same<typeof found.credentials, string>();
  same<typeof found.scopes, ReadonlySet<string>>();
  // @ts-expect-error: what is found out cannot be changed
  found.user = { name: 'other' };
  // @ts-expect-error: not a scheme
  void authentication.of('Token');
  // @ts-expect-error: not a scheme
  void authentication.of(Date);
}

export function several(): User | { service: number } | number | undefined {
  const caller = authentication.oneOf({ token: Token, key, inferred: Inferred });
  same<
    typeof caller,
    OneOf<{
      readonly token: typeof Token;
      readonly key: typeof key;
      readonly inferred: typeof Inferred;
    }> | null
  >();
  // @ts-expect-error: nobody may have called
  void caller.scheme;
  if (caller === null) return undefined;
  same<typeof caller.scheme, 'token' | 'key' | 'inferred'>();
  same<typeof caller.user, User | { service: number } | { id: number }>();
  // @ts-expect-error: which one is not known yet
  void caller.user.name;
  switch (caller.scheme) {
    case 'token':
      same<typeof caller.user, User>();
      return caller.user;
    case 'key':
      same<typeof caller.user, { service: number }>();
      // @ts-expect-error: the user of another scheme
      void caller.user.name;
      return caller.user;
    case 'inferred':
      same<typeof caller.user, { id: number }>();
      same<typeof caller.credentials, HTTPBasicCredentials>();
      return caller.user.id;
    // @ts-expect-error: no scheme of that name
    case 'other':
      return undefined;
    default:
      same<typeof caller, never>();
      return undefined;
  }
}

// @ts-expect-error: not a scheme
void authentication.oneOf({ token: 'Token' });

// The check itself works.
// @ts-expect-error: they differ
same<string, number>();
// @ts-expect-error: one of them is any
same<ReturnType<typeof JSON.parse>, string>();
