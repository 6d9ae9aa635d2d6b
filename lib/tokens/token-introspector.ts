import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { fetchJson } from './http-json.js';
import { unavailable } from './http-unavailable.js';
import { requireProtectedUrl } from './http-url.js';
import { introspectionRequest } from './introspection-request.js';
import {
  checkIntrospection,
  type IntrospectionClaims,
  type IntrospectionRules,
  readIntrospection,
} from './introspection-response.js';
import { requireHttpLimits, requireText, requireTexts } from './jwt-option-checks.js';
import type { TokenIntrospectorOptions } from './token-introspector.options.js';
import { VerifiedTokenCache } from './verified-token-cache.js';
import { grantedScopes } from './verified-token-scopes.js';
import { freezeJson } from './verified-token.js';

/**
 * A token that its authorization server calls active; frozen to its last member.
 *
 * @publicApi
 */
export interface IntrospectedToken<Claims extends object = IntrospectionClaims> {
  /** What the server says of the token; beyond `active` and the dates, its types are its promise. */
  readonly claims: Readonly<IntrospectionClaims & Claims>;
  /** The granted scopes: `scope` as a string. */
  readonly scopes: readonly string[];
}

/**
 * Asks an authorization server whether a token is good, as a scheme's `validate` receives it.
 *
 * It follows no redirect, and trusts no answer but `active: true` or `false`. It refuses a token that is
 * bound to a key (`cnf`) unless `acceptBound`: then the caller checks that the sender holds that key. With
 * a cache, a token revoked meanwhile stays good until its entry dies.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { OAuth2ClientCredentialsBearer } from 'nestjs-security';
 * import { TokenIntrospector } from 'nestjs-security/tokens';
 *
 * @Injectable()
 * export class ClientToken extends OAuth2ClientCredentialsBearer<{ clientId: string }, 'orders'> {
 *   private readonly introspector = new TokenIntrospector<{ client_id: string }>({
 *     endpoint: 'https://login.example.com/introspect',
 *     clientId: 'orders-api',
 *     clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   });
 *   constructor() {
 *     super({ tokenUrl: 'https://login.example.com/token', scopes: { orders: 'Read orders.' } });
 *   }
 *   override async validate(token: string) {
 *     const { claims, scopes } = await this.introspector.introspect(token);
 *     return { user: { clientId: claims.client_id }, scopes };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc7662
 * @throws ConfigurationError when the endpoint is not https, or the client's identifier or secret is empty.
 * @publicApi
 */
export class TokenIntrospector<Claims extends object = IntrospectionClaims> {
  // Private to the engine as well: inspecting an introspector must not show the secret.
  readonly #options: TokenIntrospectorOptions;
  private readonly endpoint: URL;
  private readonly rules: IntrospectionRules;
  private readonly cache: VerifiedTokenCache<IntrospectedToken> | undefined;

  constructor(options: TokenIntrospectorOptions) {
    this.#options = options;
    const { issuer, audience, cache, authMethod = 'client_secret_basic' } = options;
    this.endpoint = requireProtectedUrl('TokenIntrospector: endpoint', options.endpoint);
    requireText('TokenIntrospector: clientId', options.clientId);
    requireText('TokenIntrospector: clientSecret', options.clientSecret);
    if (authMethod !== 'client_secret_basic' && authMethod !== 'client_secret_post') {
      throw new ConfigurationError(
        'TokenIntrospector: authMethod must be client_secret_basic or client_secret_post',
      );
    }
    requireHttpLimits('TokenIntrospector', options);
    this.rules = {
      issuer: issuer === undefined ? undefined : requireText('TokenIntrospector: issuer', issuer),
      audience:
        audience === undefined ? undefined : requireTexts('TokenIntrospector: audience', audience),
      acceptBound: options.acceptBound ?? false,
    };
    this.cache = cache && new VerifiedTokenCache('TokenIntrospector: cache', cache);
  }

  /**
   * Asks about a token.
   *
   * @throws InvalidTokenException when it is not active, expired, or meant for somebody else.
   * @throws ServiceUnavailableException when the server does not answer, or not as RFC 7662 has it; the
   * `cause` says why.
   */
  async introspect(token: string): Promise<IntrospectedToken<Claims>> {
    if (typeof token !== 'string' || token === '') {
      throw new InvalidTokenException('The token is malformed');
    }
    const remembered = this.cache?.get(token);
    const introspected = remembered ?? (await this.ask(token));
    checkIntrospection(introspected.claims, this.rules);
    if (remembered === undefined) this.cache?.set(token, introspected, introspected.claims.exp);
    return introspected as IntrospectedToken<Claims>;
  }

  private async ask(token: string): Promise<IntrospectedToken> {
    try {
      const request = introspectionRequest(token, this.#options);
      const claims = readIntrospection(await fetchJson(this.endpoint, this.#options, request));
      return freezeJson({ claims, scopes: grantedScopes(claims) });
    } catch (error) {
      throw error instanceof InvalidTokenException ? error : unavailable(error);
    }
  }
}
