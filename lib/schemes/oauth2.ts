import { ConfigurationError } from '../errors/configuration.error.js';
import { isScopeToken } from '../protocol/scope.js';
import { trimOptionalWhitespace } from '../protocol/optional-whitespace.js';
import { type BearerOptions, BearerScheme } from './bearer-scheme.js';
import { assertUrl, requireOptions } from './option-checks.js';
import { hasOptions, OF_BEARERS } from './scheme-options.js';
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

hasOptions<OAuth2Options>(OAuth2, { ...OF_BEARERS, flows: true, oauth2MetadataUrl: true });

/** The URLs that OpenAPI requires of each flow. */
const URLS: Readonly<Record<keyof OAuthFlows, readonly string[]>> = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  clientCredentials: ['tokenUrl'],
  authorizationCode: ['authorizationUrl', 'tokenUrl'],
  deviceAuthorization: ['deviceAuthorizationUrl', 'tokenUrl'],
};

/** Refuses flows that OpenAPI does not know, or that lack what it requires, whatever their types say. */
function assertFlows(schemeName: string, flows: OAuthFlows): void {
  const entries = Object.entries((flows as OAuthFlows | undefined) ?? {});
  if (entries.length === 0) {
    throw new ConfigurationError(`${schemeName}: flows must hold at least one flow`);
  }
  for (const [flow, members] of entries) {
    if (!Object.hasOwn(URLS, flow)) {
      throw new ConfigurationError(
        `${schemeName}: ${flow} is not a flow: there are ${Object.keys(URLS).join(', ')}`,
      );
    }
    assertFlow(`${schemeName}: ${flow}`, URLS[flow as keyof OAuthFlows], members);
  }
}

function assertFlow(option: string, urls: readonly string[], members: object): void {
  const { refreshUrl, scopes, ...given } = members as Record<string, string> & { scopes?: object };
  for (const url of urls) assertUrl(`${option}.${url}`, given[url]!);
  if (refreshUrl !== undefined) assertUrl(`${option}.refreshUrl`, refreshUrl);
  if (typeof scopes !== 'object' || scopes === null) {
    throw new ConfigurationError(
      `${option}.scopes must be an object of scopes, which may be empty`,
    );
  }
  assertScopes(`${option}.scopes`, scopes as Record<string, string>);
}

/** Refuses scopes that could not be listed in a `scope` parameter. */
function assertScopes(option: string, scopes: Readonly<Record<string, string>>): void {
  for (const scope of Object.keys(scopes)) {
    if (!isScopeToken(scope)) {
      throw new ConfigurationError(
        `${option}: ${JSON.stringify(scope)} is not a scope: no spaces, quotes or backslashes (RFC 6749 3.3)`,
      );
    }
  }
}
