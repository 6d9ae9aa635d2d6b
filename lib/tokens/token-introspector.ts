import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import {
  assertHttpOptions,
  fetchJson,
  HTTP_OPTIONS,
  type HttpOptions,
  unavailable,
  UnexpectedResponseError,
} from './http-json.js';
import {
  checkIntrospection,
  type IntrospectionClaims,
  type IntrospectionClient,
  introspectionRequest,
  type IntrospectionRules,
  readIntrospection,
} from './introspection.js';
import { ACCESS_TOKEN_OPTIONS, type AccessTokenOptions } from './jwt-verifier.options.js';
import { assertBooleans, assertText } from './option-checks.js';
import {
  assertScopesFrom,
  DEFAULT_CLOCK_TOLERANCE,
  grantedScopes,
  readAudience,
} from './token-claims.js';
import { assertTrustedUrl } from './trusted-url.js';
import {
  tokenKey,
  VerifiedTokenCache,
  type VerifiedTokenCacheOptions,
} from './verified-token-cache.js';

/**
 * Options of `TokenIntrospector`.
 *
 * @publicApi
 */
export interface TokenIntrospectorOptions extends AccessTokenOptions, HttpOptions {
  /** The introspection endpoint: https, or http on loopback and on hosts in `allowInsecureHttp`. */
  readonly endpoint: string | URL;
  /** This API's identifier at the authorization server. */
  readonly clientId: string;
  /** This API's secret at the authorization server. */
  readonly clientSecret: string;
  /** Whether the two are sent in the header or in the form. Default: `client_secret_basic`. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
  /** The `iss` an active token must have. Default: any, or none. */
  readonly issuer?: string;
  /**
   * This API's identifier in `aud`, or in `audienceClaim`. Of several, an active token must name at least one. `false`
   * accepts a token that is meant for any API: use it only with a server that reports a token as active to no API but
   * the one that it is for. With `false` or an `audienceClaim` the answers must have `token_type`: refresh tokens, which
   * name the same client, have none.
   */
  readonly audience: string | readonly string[] | false;
  /** Cache active tokens; `{}` takes the defaults. Default: `false`, the server is asked each time. */
  readonly cache?: VerifiedTokenCacheOptions | false;
}

const OPTIONS = {
  endpoint: true,
  clientId: true,
  clientSecret: true,
  authMethod: true,
  issuer: true,
  audience: true,
  cache: true,
  ...ACCESS_TOKEN_OPTIONS,
  ...HTTP_OPTIONS,
} satisfies OptionNames<TokenIntrospectorOptions>;

/**
 * A token that its authorization server reports as active; deeply frozen.
 *
 * @publicApi
 */
export interface IntrospectedToken<Claims extends object = IntrospectionClaims> {
  /** The claims that the server answers. Apart from `active` and the dates, their types are the server's promise. */
  readonly claims: Readonly<IntrospectionClaims & Claims>;
  /** The granted scopes, from the claims that `scopesFrom` names. */
  readonly scopes: readonly string[];
  /**
   * When the token begins to be refused, in seconds since the epoch: 5 after its `exp`, if it has one. For
   * `Authentication.expiresAt`.
   */
  readonly expiresAt?: number;
}

/**
 * Asks an authorization server whether a token is active, such as one that a scheme's `validate` receives.
 *
 * It follows no redirect, and accepts no answer but `active: true` or `false`. It refuses a token whose `token_type` is
 * not that of an access token, and one that is bound to a key (`cnf`) unless `acceptBound` is set: then check yourself
 * that the sender holds the key. Calls that ask about a token within a second of each other share the answer. With a
 * cache, a token that is revoked meanwhile stays accepted until its entry expires.
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
 *     audience: 'https://api.example.com',
 *   });
 *   constructor() {
 *     super({ tokenUrl: 'https://login.example.com/token', scopes: { orders: 'Read orders.' } });
 *   }
 *   override async validate(token: string) {
 *     const { claims, scopes, expiresAt } = await this.introspector.introspect(token);
 *     return { user: { clientId: claims.client_id }, scopes, expiresAt };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc7662
 * @throws ConfigurationError when the endpoint is not https, or an option is missing or wrong.
 * @publicApi
 */
export class TokenIntrospector<Claims extends object = IntrospectionClaims> {
  // Private at run time, too: inspecting an introspector must not show the secret.
  readonly #options: TokenIntrospectorOptions;
  readonly #client: IntrospectionClient;
  readonly #pending = new Map<string, Question>();
  private readonly endpoint: URL;
  private readonly rules: IntrospectionRules;
  private readonly cache: VerifiedTokenCache<IntrospectedToken> | undefined;

  constructor(options: TokenIntrospectorOptions) {
    assertKnownOptions('TokenIntrospector', options, OPTIONS);
    assertHttpOptions('TokenIntrospector', options);
    this.#options = options;
    this.#client = readClient(options);
    this.endpoint = assertTrustedUrl('TokenIntrospector: endpoint', options.endpoint, options);
    assertBooleans('TokenIntrospector', options, 'acceptBound');
    assertScopesFrom('TokenIntrospector', options.scopesFrom);
    this.rules = readRules(options);
    const { cache = false } = options;
    this.cache = VerifiedTokenCache.of('TokenIntrospector', cache);
  }

  /**
   * Asks about a token.
   *
   * @throws InvalidTokenException when it is not active, expired, no access token, or meant for another API.
   * @throws ServiceUnavailableException when the server does not answer, or not as RFC 7662 requires; the `cause` says
   * why, and contains nothing of the token.
   */
  async introspect(token: string): Promise<IntrospectedToken<Claims>> {
    if (typeof token !== 'string' || token === '') {
      throw new InvalidTokenException('The token is malformed');
    }
    const key = this.cache && tokenKey(token);
    const remembered = key && this.cache?.get(key);
    const introspected = remembered ?? (await this.ask(token));
    checkIntrospection(introspected.claims, this.rules);
    if (key !== undefined && remembered === undefined) {
      this.cache?.set(key, introspected, introspected.claims.exp);
    }
    return introspected as IntrospectedToken<Claims>;
  }

  /**
   * Callers share a request for a token that began less than a second ago. Later ones send another: a server that hung
   * may be back.
   */
  private ask(token: string): Promise<IntrospectedToken> {
    const earlier = this.#pending.get(token);
    if (earlier !== undefined && performance.now() < earlier.at + SHARED * 1000) {
      return earlier.answer;
    }
    const question = new Question(this.request(token), earlier);
    this.#pending.set(token, question);
    return question.answer.finally(() => {
      if (this.#pending.get(token) === question) this.#pending.delete(token);
    });
  }

  private async request(token: string): Promise<IntrospectedToken> {
    try {
      const request = introspectionRequest(token, this.#client);
      const claims = readIntrospection(await fetchJson(this.endpoint, this.#options, request));
      const scopes = grantedScopes(claims, this.#options.scopesFrom);
      const expiresAt =
        claims.exp === undefined ? {} : { expiresAt: claims.exp + DEFAULT_CLOCK_TOLERANCE };
      return Object.freeze({ claims, scopes, ...expiresAt });
    } catch (error) {
      if (error instanceof InvalidTokenException) throw error;
      if (error instanceof UnexpectedResponseError && error.isRefusal) {
        throw new InvalidTokenException('The token is not active');
      }
      throw unavailable(error);
    }
  }
}

/** Seconds for which callers join a request that is under way; later ones send another. */
const SHARED = 1;

/** A request about a token, whose answer may serve earlier requests about it, too. */
class Question {
  readonly at = performance.now();
  readonly answer: Promise<IntrospectedToken>;
  private settle!: (answer: Promise<IntrospectedToken>) => void;

  /** @param earlier A request that is still unanswered: its callers are given this one's answer if that comes first. */
  constructor(
    request: Promise<IntrospectedToken>,
    private earlier: Question | undefined,
  ) {
    this.answer = new Promise((resolve) => (this.settle = resolve));
    void request.then(
      () => this.answerAll(request),
      (error: unknown) => {
        if (error instanceof InvalidTokenException) this.answerAll(request);
        else this.answerMine(request);
      },
    );
  }

  private answerAll(answer: Promise<IntrospectedToken>): void {
    this.earlier?.answerAll(answer);
    this.answerMine(answer);
  }

  private answerMine(answer: Promise<IntrospectedToken>): void {
    this.settle(answer);
    this.earlier = undefined;
  }
}

function readClient(options: TokenIntrospectorOptions): IntrospectionClient {
  const { clientId, clientSecret, authMethod = 'client_secret_basic' } = options;
  assertText('TokenIntrospector: clientId', clientId);
  assertText('TokenIntrospector: clientSecret', clientSecret);
  if (authMethod !== 'client_secret_basic' && authMethod !== 'client_secret_post') {
    throw new ConfigurationError(
      'TokenIntrospector: authMethod must be client_secret_basic or client_secret_post',
    );
  }
  return { clientId, clientSecret, authMethod };
}

function readRules(options: TokenIntrospectorOptions): IntrospectionRules {
  const { issuer, audience, audienceClaim, acceptBound = false } = options;
  if (issuer !== undefined) assertText('TokenIntrospector: issuer', issuer);
  if (audience === false && audienceClaim !== undefined) {
    throw new ConfigurationError(
      'TokenIntrospector: audienceClaim needs an audience, so audience must not be false',
    );
  }
  return {
    issuer,
    audience:
      audience === false ? undefined : readAudience('TokenIntrospector', audience, audienceClaim),
    acceptBound,
  };
}
