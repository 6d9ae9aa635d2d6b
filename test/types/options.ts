import {
  APIKeyHeader,
  type APIKeyOptions,
  AuthModule,
  type AuthModuleOptions,
  type BearerOptions,
  Credentials,
  CurrentUser,
  GrantedScopes,
  HTTPBasic,
  type HTTPBasicOptions,
  type HTTPBearerOptions,
  type HTTPSchemeOptions,
  type OAuth2AuthorizationCodeOptions,
  OAuth2ClientCredentialsBearer,
  type OAuth2Options,
  OAuth2PasswordBearer,
  type OAuth2TokenUrlOptions,
  OpenIdConnect,
  type OpenIdConnectOptions,
  PassportScheme,
  type PassportSchemeOptions,
  RequiredScopes,
  SecurityScheme,
} from 'nestjs-security';
import { holds } from './same.js';

/** `false` where some option is `any`. */
type NoAny<Options> = true extends {
  [Name in keyof Options]-?: 0 extends 1 & Options[Name] ? true : never;
}[keyof Options]
  ? false
  : true;

holds<NoAny<APIKeyOptions>>();
holds<NoAny<BearerOptions<string, string>>>();
holds<NoAny<HTTPBasicOptions>>();
holds<NoAny<HTTPBearerOptions>>();
holds<NoAny<HTTPSchemeOptions>>();
holds<NoAny<OAuth2Options>>();
holds<NoAny<OAuth2TokenUrlOptions>>();
holds<NoAny<OAuth2AuthorizationCodeOptions>>();
holds<NoAny<OpenIdConnectOptions>>();
holds<NoAny<PassportSchemeOptions>>();
holds<NoAny<AuthModuleOptions>>();
holds<NoAny<SecurityScheme>>();
// @ts-expect-error the check itself can fail
holds<NoAny<{ any: ReturnType<typeof JSON.parse> }>>();

// @ts-expect-error a key needs a name
new APIKeyHeader({});
// @ts-expect-error an unknown option
new APIKeyHeader({ name: 'a', in: 'query' });
// @ts-expect-error the one charset of RFC 7617
new HTTPBasic({ charset: 'ISO-8859-1' });
// @ts-expect-error a token URL is needed
new OAuth2PasswordBearer({});
// @ts-expect-error a discovery URL is needed
new OpenIdConnect({});
// @ts-expect-error scopes have descriptions
new OAuth2ClientCredentialsBearer({ tokenUrl: 'token', scopes: ['a'] });
// @ts-expect-error every declared scope is described
new OAuth2PasswordBearer<string, 'a' | 'b'>({ tokenUrl: 'token', scopes: { a: 'A.' } });
// @ts-expect-error none of RFC 6750's places
new OAuth2PasswordBearer({ tokenUrl: 'token', bearerMethods: ['cookie'] });
// @ts-expect-error a strategy is needed
new PassportScheme({ securityScheme: { type: 'http', scheme: 'bearer' } });
const strategy = { authenticate: () => undefined };
const securityScheme = { type: 'http', scheme: 'bearer' } as const;
new PassportScheme<{ roles: string[] }>({
  strategy,
  securityScheme,
  grantedScopes: ({ roles }) => roles,
  hasCredentials: ({ headers }) => 'cookie' in headers,
});
new PassportScheme<{ roles: string[] }>({
  strategy,
  securityScheme,
  // @ts-expect-error scopes are a list or a set
  grantedScopes: ({ roles }) => roles[0],
});
// @ts-expect-error a strategy always decides
new PassportScheme({ strategy, securityScheme, unvalidated: true });

class Key extends APIKeyHeader {
  constructor() {
    super({ name: 'a' });
  }
}
const key = new Key();

AuthModule.forRoot({ schemes: [Key, key], security: Key });
AuthModule.forRootAsync({ schemes: [Key], useFactory: () => ({ security: key }) });
AuthModule.forRootAsync({ schemes: [Key], useFactory: async () => ({}) });
AuthModule.forFeature([Key, key]);

// @ts-expect-error not a scheme
AuthModule.forRoot({ schemes: [class Other {}] });
// @ts-expect-error not a requirement
AuthModule.forRoot({ schemes: [Key], security: 'Key' });
// @ts-expect-error an abstract class cannot be instantiated
AuthModule.forRoot({ schemes: [SecurityScheme] });
// @ts-expect-error options of the factory are checked
AuthModule.forRootAsync({ schemes: [Key], useFactory: () => ({ security: 1 }) });

CurrentUser();
CurrentUser(Key);
CurrentUser(key, { transform: (value: unknown) => value });
CurrentUser({ transform: (value: unknown) => value });
Credentials(Key);
RequiredScopes();
GrantedScopes();
// @ts-expect-error a name is no scheme
CurrentUser('Key');
