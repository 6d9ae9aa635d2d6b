/**
 * An OpenAPI Security Scheme Object.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
 * @publicApi
 */
export type SecuritySchemeObject =
  | APIKeySchemeObject
  | HTTPSchemeObject
  | MutualTLSSchemeObject
  | OAuth2SchemeObject
  | OpenIdConnectSchemeObject;

/**
 * An API key, by OpenAPI.
 *
 * @publicApi
 */
export interface APIKeySchemeObject {
  readonly type: 'apiKey';
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly description?: string;
  /** OpenAPI 3.2. */
  readonly deprecated?: boolean;
}

/**
 * An HTTP authentication scheme, by OpenAPI.
 *
 * @publicApi
 */
export interface HTTPSchemeObject {
  readonly type: 'http';
  readonly scheme: string;
  readonly bearerFormat?: string;
  readonly description?: string;
  /** OpenAPI 3.2. */
  readonly deprecated?: boolean;
}

/** OpenAPI 3.1. */
export interface MutualTLSSchemeObject {
  readonly type: 'mutualTLS';
  readonly description?: string;
  /** OpenAPI 3.2. */
  readonly deprecated?: boolean;
}

/**
 * OAuth 2.0, by OpenAPI.
 *
 * @publicApi
 */
export interface OAuth2SchemeObject {
  readonly type: 'oauth2';
  readonly flows: OAuthFlows;
  /** OpenAPI 3.2: the authorization server's metadata (RFC 8414). */
  readonly oauth2MetadataUrl?: string;
  readonly description?: string;
  /** OpenAPI 3.2. */
  readonly deprecated?: boolean;
}

/**
 * An OpenID provider, by OpenAPI.
 *
 * @publicApi
 */
export interface OpenIdConnectSchemeObject {
  readonly type: 'openIdConnect';
  readonly openIdConnectUrl: string;
  readonly description?: string;
  /** OpenAPI 3.2. */
  readonly deprecated?: boolean;
}

/**
 * The OAuth 2.0 flows a client may use, by their OpenAPI names.
 *
 * @see https://spec.openapis.org/oas/v3.2.0.html#oauth-flows-object
 * @publicApi
 */
export interface OAuthFlows<Scope extends string = string> {
  readonly implicit?: OAuthFlow<Scope> & { readonly authorizationUrl: string };
  readonly password?: OAuthFlow<Scope> & { readonly tokenUrl: string };
  readonly clientCredentials?: OAuthFlow<Scope> & { readonly tokenUrl: string };
  readonly authorizationCode?: OAuthFlow<Scope> & {
    readonly authorizationUrl: string;
    readonly tokenUrl: string;
  };
  /** OpenAPI 3.2 (RFC 8628). */
  readonly deviceAuthorization?: OAuthFlow<Scope> & {
    readonly deviceAuthorizationUrl: string;
    readonly tokenUrl: string;
  };
}

/**
 * What every flow has; URLs may be relative to the document's server.
 *
 * @publicApi
 */
export interface OAuthFlow<Scope extends string = string> {
  readonly refreshUrl?: string;
  /** Each scope and its description. */
  readonly scopes: Readonly<Record<Scope, string>>;
}
