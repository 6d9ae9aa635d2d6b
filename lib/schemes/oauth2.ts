import { ConfigurationError } from '../errors/configuration.error.js';
import { BearerScheme, type BearerOptions } from './bearer-scheme.js';
import { requireScopes, requireUrl } from './option-checks.js';
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
    const flows = Object.entries(options.flows ?? {});
    if (flows.length === 0) {
      throw new ConfigurationError(`${this.schemeName}: flows must hold at least one flow`);
    }
    for (const [flow, members] of flows) {
      for (const [member, value] of Object.entries(members)) {
        const option = `${this.schemeName}: ${flow}.${member}`;
        if (member === 'scopes') requireScopes(option, value as Record<string, string>);
        else requireUrl(option, value as string);
      }
    }
    this.scopes = Object.assign({}, ...flows.map(([, { scopes }]) => scopes)) as Record<
      Scope,
      string
    >;
  }

  describe(): OAuth2SchemeObject {
    const { flows, description } = this;
    return { type: 'oauth2', flows, ...(description !== undefined && { description }) };
  }

  extract(request: SecurityRequest): string | undefined {
    return readHeader(request, 'authorization')?.trim() || undefined;
  }
}
