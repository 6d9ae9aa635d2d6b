import type { HttpLimits } from './http-json.js';
import type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

/**
 * What every `JwtVerifier` is told.
 *
 * @publicApi
 */
export interface JwtVerifierOptions {
  /** The `aud` this API goes by; of several, a token must name one. */
  readonly audience: string | readonly string[];
  /**
   * The signature algorithms to accept; the token never chooses beyond them.
   *
   * Default: `HS256` for a secret; for a key its own, and `RS256` for an RSA key that names none;
   * for a key set every asymmetric one, narrowed by what each key says of itself.
   */
  readonly algorithms?: readonly string[];
  /**
   * The class of token: `at+jwt` (RFC 9068, with all the claims it requires), `JWT` (or no `typ` at
   * all), or any other `typ`. Default: `at+jwt`, `JWT` or none, without the marks of an ID token.
   */
  readonly typ?: string;
  /** Seconds by which clocks may differ, for `exp`, `nbf` and `iat`. Default: 5. */
  readonly clockTolerance?: number;
  /** Claims that must be there beside `iss`, `aud` and `exp`. Default: none. */
  readonly requiredClaims?: readonly string[];
  /** Seconds since `iat` after which a token is refused, whatever its `exp`. Default: unlimited. */
  readonly maxTokenAge?: number;
  /**
   * Accept tokens that are bound to a key or a certificate (`cnf`); whoever sets it checks the binding,
   * by `DpopVerifier` or `requireCertificateBinding`. Default: `false`, they are no bearer tokens.
   */
  readonly acceptBound?: boolean;
  /** Remember verified tokens; `{}` takes the defaults. Default: each token is verified each time. */
  readonly cache?: VerifiedTokenCacheOptions;
}

/**
 * Options of a `JwtVerifier` whose keys do not come from its issuer's metadata.
 *
 * @publicApi
 */
export interface JwtKeyOptions extends JwtVerifierOptions {
  /** The `iss` a token must have, to the letter; it need not be a URL. */
  readonly issuer: string;
}

/**
 * How a key set is fetched and kept.
 *
 * @publicApi
 */
export interface JwksOptions extends HttpLimits {
  /** Seconds after a fetch in which an unknown `kid` starts no other. Default: 30. */
  readonly cooldown?: number;
  /** Seconds after which keys, and the metadata that led to them, are fetched anew. Default: 600. */
  readonly maxAge?: number;
  /** Seconds that keys serve on when they cannot be fetched anew. Default: 86400 (a day). */
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
