import { trimOptionalWhitespace } from '../protocol/optional-whitespace.js';
import { type BearerOptions, BearerScheme } from './bearer-scheme.js';
import { assertFlows } from './oauth2-flows.js';
import { assertUrl, requireOptions } from './option-checks.js';
import { registerOptions, OF_BEARERS } from './scheme-options.js';
import { readHeader, type SecurityRequest } from './security-request.js';
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
  /** The metadata of the authorization server (RFC 8414), documented from OpenAPI 3.2 on. Default: not said. */
  readonly oauth2MetadataUrl?: string;
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
  private readonly metadataUrl: string | undefined;

  constructor(options: OAuth2Options<User, Scope>) {
    super(requireOptions(options, new.target));
    this.flows = options.flows;
    this.metadataUrl = options.oauth2MetadataUrl;
    if (this.metadataUrl !== undefined) {
      assertUrl(`${this.schemeName}: oauth2MetadataUrl`, this.metadataUrl);
    }
    assertFlows(this.schemeName, options.flows);
    const scopes = Object.values(options.flows).map((flow) => flow.scopes);
    this.scopes = Object.assign({}, ...scopes) as Record<Scope, string>;
  }

  describe(): OAuth2SchemeObject {
    const { flows, metadataUrl } = this;
    return this.described({
      type: 'oauth2',
      flows,
      ...(metadataUrl !== undefined && { oauth2MetadataUrl: metadataUrl }),
    });
  }

  extract(request: SecurityRequest): string | undefined {
    return trimOptionalWhitespace(readHeader(request, 'authorization') ?? '') || undefined;
  }
}

registerOptions<OAuth2Options>(OAuth2, { ...OF_BEARERS, flows: true, oauth2MetadataUrl: true });
