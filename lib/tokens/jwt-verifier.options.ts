import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import { HTTP_OPTIONS, type HttpOptions } from './http-json.js';
import type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

/**
 * How the claims of an access token are read, whoever vouches for them.
 *
 * @publicApi
 */
export interface AccessTokenOptions {
  /**
   * The claim that names whom a token is for, where the issuer sends no `aud`: `client_id` for Amazon
   * Cognito, `azp` for Clerk. An `aud` that is there nevertheless must name one of `audience`, too.
   * Default: `aud`.
   */
  readonly audienceClaim?: string;
  /**
   * The claims that grant scopes, all of them together, as text or as a list; dots lead into objects:
   * `['scope', 'permissions']` for Auth0, `['scope', 'resource_access.my-api.roles']` for Keycloak. Of
   * Zitadel's roles, objects by role of the organizations that each is granted in, the names are taken.
   * Default: `scope` and, where that is absent or empty, `scp`.
   */
  readonly scopesFrom?: string | readonly string[];
  /**
   * Accept tokens that are bound to a key or a certificate (`cnf`); whoever sets it checks the binding,
   * by `DpopVerifier` or `requireCertificateBinding`. Default: `false`, they are no bearer tokens.
   */
  readonly acceptBound?: boolean;
}

/**
 * What every `JwtVerifier` is told.
 *
 * @publicApi
 */
export interface JwtVerifierOptions extends AccessTokenOptions {
  /** What this API goes by in `aud`, or in `audienceClaim`; of several, a token must name one. */
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
   * all), or any other `typ`. Default: `at+jwt`, `JWT` or none. Of these, what claims mark as another
   * kind of token is refused.
   */
  readonly typ?: string;
  /**
   * Accept ID tokens in place of access tokens, as an API behind Firebase or Google has to. An ID token is
   * meant for the client, which may hand it to anybody. Default: `false`.
   */
  readonly acceptIdTokens?: boolean;
  /** Seconds by which clocks may differ, for `exp`, `nbf` and `iat`. Default: 5. */
  readonly clockTolerance?: number;
  /** Claims that a token must have beside `iss`, `aud` and `exp`, neither `null` nor empty text. Default: none. */
  readonly requiredClaims?: readonly string[];
  /** Seconds since `iat` after which a token is refused, whatever its `exp`. Default: unlimited. */
  readonly maxTokenAge?: number;
  /**
   * How verified tokens are remembered, so that a revoked one stays good for as long; `false`: not at all,
   * each token is verified each time. Default: 1000 tokens, for 60 seconds.
   */
  readonly cache?: VerifiedTokenCacheOptions | false;
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
export interface JwksOptions extends HttpOptions {
  /** Seconds after a fetch in which neither an unknown `kid` nor a wrong signature starts another. Default: 30. */
  readonly cooldown?: number;
  /**
   * Seconds after which keys, and the metadata that led to them, are fetched anew. From nine tenths of it on, the
   * next token has them fetched and does not wait; where none came, tokens wait a quarter of a second for them
   * once it is over, for a server that hangs no second time. Default: 600.
   */
  readonly maxAge?: number;
  /**
   * Seconds that keys serve on when they cannot be fetched anew, or none of use is left in the set: an
   * emptied set withdraws nothing sooner. Default: 86400 (a day).
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
 * Says whether an issuer's tokens are accepted, before anything is fetched from it: nothing but `true`,
 * or a promise of it, is yes.
 *
 * The text is the sender's claim. Compare it with what you know; what a pattern lets through is asked for keys.
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
