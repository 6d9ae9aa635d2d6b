import type { BearerOptions } from './bearer-scheme.js';
import { OAuth2 } from './oauth2.js';
import type { SecurityRequest } from './security-request.js';
import type { OAuthFlow } from './security-scheme-object.js';

/**
 * Options that the single-flow bearer schemes share.
 *
 * @publicApi
 */
export interface OAuth2BearerOptions<User, Scope extends string> extends BearerOptions<
  string,
  User
> {
  /** Where clients refresh a token; absolute, or relative to the server. Default: none. */
  readonly refreshUrl?: string;
  /** Each scope and its description. Default: none. */
  readonly scopes?: Readonly<Record<Scope, string>>;
}

/**
 * Options of the schemes whose flow has a token endpoint only.
 *
 * @publicApi
 */
export interface OAuth2TokenUrlOptions<
  User = string,
  Scope extends string = string,
> extends OAuth2BearerOptions<User, Scope> {
  /** The token endpoint; absolute, or relative to the server. */
  readonly tokenUrl: string;
}

/** The part of a flow that these schemes have in common. */
export function flow<Scope extends string>({
  refreshUrl,
  scopes,
}: Pick<OAuth2BearerOptions<unknown, Scope>, 'refreshUrl' | 'scopes'>): OAuthFlow<Scope> {
  return {
    ...(refreshUrl !== undefined && { refreshUrl }),
    scopes: scopes ?? ({} as Record<Scope, string>),
  };
}

/** What these schemes read: a token, not a raw header. */
export abstract class OAuth2Bearer<User, Scope extends string> extends OAuth2<User, Scope> {
  override extract(request: SecurityRequest): string | undefined {
    return this.extractToken(request)?.credentials;
  }
}
