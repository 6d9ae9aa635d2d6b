import type { JSONWebKeySet, JWTPayload } from 'jose';
import { verifyCompactJws } from './compact-jws.js';
import { rereadCompactJws } from './compact-serialization.js';
import type { JwtPublicKey } from './json-web-key.js';
import { issuerVerification, JwtIssuers, jwksUrlVerification } from './jwt-issuers.js';
import { keySetKeys, publicKeys, secretKeys } from './jwt-keys.js';
import type { JwtSecret } from './jwt-secret.js';
import { JwtVerification, type VerifiedToken, type Vouched } from './jwt-verification.js';
import {
  assertJwtOptions,
  type IssuerFilter,
  type JwtIssuerOptions,
  type JwtJwksUrlOptions,
  type JwtKeyOptions,
  type JwtVerifierOptions,
} from './jwt-verifier.options.js';
import type { TokenKey } from './token-table.js';
import { tokenKey, VerifiedTokenCache } from './verified-token-cache.js';

/**
 * Verifies signed JSON Web Tokens, such as those that a scheme's `validate` receives.
 *
 * It always checks the signature, `iss`, `aud`, `exp` and the class of the token. A token cannot choose where its key
 * comes from or what kind of key it is: `jwk`, `jku`, `x5u` and `x5c` are ignored. Encrypted tokens are refused, as are
 * ID tokens unless `acceptIdTokens` is set, and tokens bound to a key (`cnf`) unless `acceptBound` is. It does not
 * check whether a token was revoked, and remembers verified tokens for a minute unless `cache` says otherwise.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { OpenIdConnect } from 'nestjs-security';
 * import { JwtVerifier } from 'nestjs-security/tokens';
 *
 * const issuer = 'https://login.example.com';
 *
 * @Injectable()
 * export class UserToken extends OpenIdConnect<{ id: string }> {
 *   private readonly jwt = JwtVerifier.fromIssuer<{ sub: string }>(issuer, {
 *     audience: 'https://api.example.com',
 *     requiredClaims: ['sub'],
 *   });
 *   constructor() {
 *     super({ openIdConnectUrl: `${issuer}/.well-known/openid-configuration` });
 *   }
 *   override async validate(token: string) {
 *     const { claims, scopes, expiresAt } = await this.jwt.verify(token);
 *     return { user: { id: claims.sub }, scopes, expiresAt };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725
 * @publicApi
 */
export class JwtVerifier<Claims extends object = JWTPayload> {
  private readonly cache: VerifiedTokenCache<Vouched> | undefined;

  private constructor(
    private readonly verification: JwtVerification | JwtIssuers,
    { cache = {} }: JwtVerifierOptions,
  ) {
    this.cache = VerifiedTokenCache.of('JwtVerifier', cache);
  }

  /**
   * Verifies with a secret that the issuer shares with this API: by `HS256`, or by the HMAC algorithms that you name.
   *
   * Anyone who can verify tokens with it can also sign them.
   *
   * @throws ConfigurationError when the secret is shorter than the hash, or is a public key.
   */
  static fromSecret<Claims extends object = JWTPayload>(
    secret: JwtSecret,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromSecret', options);
    const keys = secretKeys(secret, options.algorithms);
    return new JwtVerifier(new JwtVerification(keys, options), options);
  }

  /**
   * Verifies with one public key, whatever `kid` a token names.
   *
   * @throws ConfigurationError when the key is private, secret, weak, or does not fit `algorithms`.
   */
  static fromKey<Claims extends object = JWTPayload>(
    key: JwtPublicKey,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromKey', options);
    const keys = publicKeys(key, options.algorithms);
    return new JwtVerifier(new JwtVerification(keys, options), options);
  }

  /**
   * Verifies with a fixed set of public keys, chosen by `kid` and `alg`. The set is copied.
   *
   * Keys that cannot be used with any of the algorithms are left out and named in the log.
   *
   * @throws ConfigurationError when one of the keys is private or secret, or none is left.
   */
  static fromJwks<Claims extends object = JWTPayload>(
    jwks: JSONWebKeySet,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromJwks', options);
    const keys = keySetKeys(jwks, options.algorithms);
    return new JwtVerifier(new JwtVerification(keys, options), options);
  }

  /**
   * Verifies with the key set at an https URL, fetched when first needed.
   *
   * @throws ConfigurationError when the URL is not https (http is for loopback and `allowInsecureHttp`).
   */
  static fromJwksUrl<Claims extends object = JWTPayload>(
    url: string | URL,
    options: JwtJwksUrlOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromJwksUrl', options);
    return new JwtVerifier(jwksUrlVerification(url, options), options);
  }

  /**
   * Verifies with the keys named by an issuer's OpenID Connect or RFC 8414 metadata.
   *
   * The metadata is fetched when first needed and must name exactly the configured issuer: Auth0's ends with a slash.
   * Where the issuer is outside this network and the host of its keys has any address inside, the keys are fetched only
   * if that host is the issuer's own or in `allowInsecureHttp`.
   *
   * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
   * @throws ConfigurationError when the issuer is not a plain https URL (http is for loopback and
   * `allowInsecureHttp`).
   */
  static fromIssuer<Claims extends object = JWTPayload>(
    issuer: string,
    options: JwtIssuerOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromIssuer', options);
    return new JwtVerifier(issuerVerification(issuer, options), options);
  }

  /**
   * Verifies tokens of several issuers, each with its own keys. Tokens of any other issuer are refused before anything
   * is fetched.
   *
   * Pass a function to decide at run time which issuers are accepted, such as the tenants that use this API: Entra ID's
   * are `https://login.microsoftonline.com/<tenant>/v2.0`. It is called for every token that is not in the cache.
   *
   * @throws ConfigurationError when the list is empty, or an issuer is not a plain https URL.
   */
  static fromIssuers<Claims extends object = JWTPayload>(
    issuers: readonly string[] | IssuerFilter,
    options: JwtIssuerOptions,
  ): JwtVerifier<Claims> {
    assertJwtOptions('fromIssuers', options);
    return new JwtVerifier(new JwtIssuers(issuers, options), options);
  }

  /**
   * Verifies a token.
   *
   * @throws InvalidTokenException when it is malformed, forged, expired, not valid yet, or meant for another API; the
   * `cause` contains nothing of the token.
   * @throws ServiceUnavailableException when the keys cannot be fetched; the `cause` says why.
   * @throws IssuerMismatchError, which answers 500 and quotes both, when the issuer's metadata names another issuer.
   */
  verify(token: string): Promise<VerifiedToken<Claims>> {
    const key = this.keyOf(token);
    const remembered = this.recall(token, key);
    if (remembered !== undefined) return Promise.resolve(remembered);
    return this.verifyAnew(token, key) as Promise<VerifiedToken<Claims>>;
  }

  /**
   * Returns a token that was verified before, is in the cache and is still valid, without a promise.
   *
   * `undefined` says nothing about the token: call `verify`.
   */
  verifyFromCache(token: string): VerifiedToken<Claims> | undefined {
    return this.recall(token, this.keyOf(token));
  }

  private keyOf(token: string): TokenKey | undefined {
    return this.cache !== undefined && typeof token === 'string' ? tokenKey(token) : undefined;
  }

  private recall(token: string, key: TokenKey | undefined): VerifiedToken<Claims> | undefined {
    const vouched = key === undefined ? undefined : this.cache!.get(key);
    if (vouched === undefined || !vouched.by.vouches(vouched)) return undefined;
    const { by, verified = this.reread(token, key!, vouched) } = vouched;
    const isGood = verified !== undefined && by.isTimely(verified.claims);
    return isGood ? (verified as VerifiedToken<Claims>) : undefined;
  }

  /**
   * Parses a token that is sent for the second time, and caches the result. Most tokens are sent once, and leave
   * nothing for the garbage collector.
   */
  private reread(token: string, key: TokenKey, vouched: Vouched): VerifiedToken | undefined {
    const { by, revision } = vouched;
    const verified = by.judge(rereadCompactJws(token));
    if (typeof verified === 'string') return undefined;
    this.cache!.replace(key, { by, revision, verified });
    return verified;
  }

  private verifyAnew(token: string, key: TokenKey | undefined): Promise<VerifiedToken> {
    const { verification } = this;
    return verification instanceof JwtIssuers
      ? verification.of(token).then((by) => this.verifyBy(by, token, key))
      : this.verifyBy(verification, token, key);
  }

  private verifyBy(
    by: JwtVerification,
    token: string,
    key: TokenKey | undefined,
  ): Promise<VerifiedToken> {
    const vouched = by.vouch();
    return verifyCompactJws(token, by.keys, (signed) => {
      const verified = by.check(signed);
      if (key !== undefined) this.cache!.set(key, vouched, verified.claims.exp);
      return verified;
    });
  }
}
