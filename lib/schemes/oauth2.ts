import { trimOptionalWhitespace } from '../protocol/optional-whitespace.js';
import { BearerScheme, type BearerOptions } from './bearer-scheme.js';
import { requireFlows } from './oauth-flow-checks.js';
import { readHeader } from './request-header.js';
import type { SecurityRequest } from './security-request.js';
import type { OAuth2SchemeObject, OAuthFlows } from './security-scheme-object.js';

/**
 * Options of `OAuth2`.
 *
 * @publicApi
 */
export interface OAuth2Options<User = string, Scope extends string = string> extends BearerOptions<
  string,
  User
> {
  /** How clients obtain a token, by OpenAPI's names. */
  readonly flows: OAuthFlows<Scope>;
}

/**
 * Any OAuth 2.0 flows; its credentials are the raw value of the `Authorization` header, whatever its scheme.
 *
 * It does not look into the value. Where tokens are bearer tokens, use one of its subclasses.
 *
 * @example
 * ```ts
 * import { OAuth2 } from 'nestjs-security';
 *
 * export const legacy = new OAuth2({
 *   schemeName: 'Legacy',
 *   flows: { implicit: { authorizationUrl: 'https://login.example/authorize', scopes: { read: 'Read.' } } },
 * });
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749
 * @throws ConfigurationError when a URL or a scope is not one, or no flow is given.
 * @publicApi
 */
export class OAuth2<User = string, Scope extends string = string> extends BearerScheme<
  string,
  User,
  Scope
> {
  readonly flows: OAuthFlows<Scope>;
  override readonly scopes: Readonly<Record<Scope, string>>;

  constructor(options: OAuth2Options<User, Scope>) {
    super(options);
    this.flows = options.flows;
    requireFlows(this.schemeName, options.flows);
    const scopes = Object.values(options.flows).map((flow) => flow.scopes);
    this.scopes = Object.assign({}, ...scopes) as Record<Scope, string>;
  }

  describe(): OAuth2SchemeObject {
    const { flows, description } = this;
    return { type: 'oauth2', flows, ...(description !== undefined && { description }) };
  }

  extract(request: SecurityRequest): string | undefined {
    return trimOptionalWhitespace(readHeader(request, 'authorization') ?? '') || undefined;
  }
}
