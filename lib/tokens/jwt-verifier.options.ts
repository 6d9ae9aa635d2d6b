import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import { HTTP_OPTIONS, type HttpOptions } from './http-json.js';
import type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

/**
 * How the claims of an access token are read, by `JwtVerifier` and `TokenIntrospector` alike.
 *
 * @publicApi
 */
export interface AccessTokenOptions {
  /**
   * The claim that names a token's audience, for issuers that send no `aud`: `client_id` for Amazon Cognito, `azp` for
   * Clerk. If a token has an `aud` all the same, that must name one of `audience`, too. Default: `aud`.
   */
  readonly audienceClaim?: string;
  /**
   * The claims that grant scopes, each a space-separated string or a list; the token is granted the scopes of all of
   * them. Dots lead into objects: `['scope', 'permissions']` for Auth0, `['scope', 'resource_access.my-api.roles']` for
   * Keycloak. In Zitadel's claim, an object of the organizations by role, the names of the roles are the scopes.
   * Default: `scope` and, where that is absent or empty, `scp`.
   */
  readonly scopesFrom?: string | readonly string[];
  /**
   * Accept tokens that are bound to a key or a certificate (`cnf`). If you set it, check the binding yourself, with
   * `DpopVerifier` or `requireCertificateBinding`. Default: `false`, as a bound token must not work as a bearer token.
   */
  readonly acceptBound?: boolean;
}

/**
 * Options of every `JwtVerifier`.
 *
 * @publicApi
 */
export interface JwtVerifierOptions extends AccessTokenOptions {
  /** This API's identifier in `aud`, or in `audienceClaim`. Of several, a token must name at least one. */
  readonly audience: string | readonly string[];
  /**
   * The signature algorithms to accept, whatever `alg` a token names.
   *
   * Default: `HS256` for a secret; for a key its own, or `RS256` for an RSA key that names none; for a key set, every
   * asymmetric algorithm that the token's key allows.
   */
  readonly algorithms?: readonly string[];
  /**
   * The `typ` that a token must have: `at+jwt` (RFC 9068, with all the claims that it requires), `JWT` (or no `typ` at
   * all), or any other. Default: `at+jwt`, `JWT` or none. A token of these is refused where its claims mark it as
   * another kind of token.
   */
  readonly typ?: string;
  /**
   * Accept ID tokens in place of access tokens, as an API behind Firebase or Google must. An ID token is meant for the
   * client, which may pass it on to anybody. Default: `false`.
   */
  readonly acceptIdTokens?: boolean;
  /** Seconds by which clocks may differ, for `exp`, `nbf` and `iat`. Default: 5. */
  readonly clockTolerance?: number;
  /** Claims that a token must have beside `iss`, `aud` and `exp`, neither `null` nor empty text. Default: none. */
  readonly requiredClaims?: readonly string[];
  /** Seconds since `iat` after which a token is refused, whatever its `exp`. Default: unlimited. */
  readonly maxTokenAge?: number;
  /**
   * How verified tokens are cached. A token that is revoked meanwhile stays accepted until its entry expires. `false`
   * verifies each token each time. Default: 1000 tokens, for 60 seconds.
   */
  readonly cache?: VerifiedTokenCacheOptions | false;
}

/**
 * Options of a `JwtVerifier` whose keys do not come from its issuer's metadata.
 *
 * @publicApi
 */
export interface JwtKeyOptions extends JwtVerifierOptions {
  /** The exact `iss` that a token must have; it need not be a URL. */
  readonly issuer: string;
}

/**
 * How a key set is fetched and cached. Of the keys in a set, the first 1000 are read, and the first 100 of those that
 * can be used are taken.
 *
 * @publicApi
 */
export interface JwksOptions extends HttpOptions {
  /**
   * Seconds between two fetches that an unknown `kid` or a wrong signature triggers. Tokens of a key that appears in
   * between are refused that long. Default: 2.
   */
  readonly cooldown?: number;
  /**
   * Seconds after which keys, and the metadata that named them, are fetched again. Once nine tenths have passed, the
   * next token triggers the fetch and does not wait. If no token comes before the end, those that come then wait up to
   * a quarter of a second, and only once for a server that hangs, before the old keys serve them. Default: 600.
   */
  readonly maxAge?: number;
  /**
   * Seconds beyond `maxAge` for which keys still serve when they cannot be fetched again, or when the set has no usable
   * key left: an issuer that empties its set withdraws no key sooner. Default: 86400 (a day).
   */
  readonly staleIfError?: number;
}

/**
 * Options of `JwtVerifier.fromJwksUrl`.
 *
 * @publicApi
 */
export interface JwtJwksUrlOptions extends JwtKeyOptions, JwksOptions {}

/**
 * Options of `JwtVerifier.fromIssuer` and `fromIssuers`.
 *
 * @publicApi
 */
export interface JwtIssuerOptions extends JwtVerifierOptions, JwksOptions {}

/**
 * Decides whether an issuer's tokens are accepted, before anything is fetched from it. Only `true`, or a promise of
 * `true`, accepts; anything else but `false` and what JavaScript takes for it is an error.
 *
 * The issuer is an unverified claim of the sender. Compare it with issuers that you know: keys are fetched from
 * whatever URL a pattern lets through.
 *
 * @publicApi
 */
export type IssuerFilter = (issuer: string) => boolean | Promise<boolean>;

export const ACCESS_TOKEN_OPTIONS = {
  audienceClaim: true,
  scopesFrom: true,
  acceptBound: true,
} satisfies OptionNames<AccessTokenOptions>;

const JWT_OPTIONS = {
  audience: true,
  algorithms: true,
  typ: true,
  acceptIdTokens: true,
  clockTolerance: true,
  requiredClaims: true,
  maxTokenAge: true,
  cache: true,
  ...ACCESS_TOKEN_OPTIONS,
} satisfies OptionNames<JwtVerifierOptions>;

const JWKS_OPTIONS = {
  cooldown: true,
  maxAge: true,
  staleIfError: true,
  ...HTTP_OPTIONS,
} satisfies OptionNames<JwksOptions>;

const OPTIONS = {
  fromSecret: { issuer: true, ...JWT_OPTIONS } satisfies OptionNames<JwtKeyOptions>,
  fromKey: { issuer: true, ...JWT_OPTIONS } satisfies OptionNames<JwtKeyOptions>,
  fromJwks: { issuer: true, ...JWT_OPTIONS } satisfies OptionNames<JwtKeyOptions>,
  fromJwksUrl: {
    issuer: true,
    ...JWT_OPTIONS,
    ...JWKS_OPTIONS,
  } satisfies OptionNames<JwtJwksUrlOptions>,
  fromIssuer: { ...JWT_OPTIONS, ...JWKS_OPTIONS } satisfies OptionNames<JwtIssuerOptions>,
  fromIssuers: { ...JWT_OPTIONS, ...JWKS_OPTIONS } satisfies OptionNames<JwtIssuerOptions>,
};

/** @throws ConfigurationError where one of `JwtVerifier`'s factories is given an option that it does not read. */
export function assertJwtOptions(factory: keyof typeof OPTIONS, options: unknown): void {
  assertKnownOptions(`JwtVerifier.${factory}()`, options, OPTIONS[factory]);
}
