import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { JwtPublicKey } from './json-web-key.js';
import { type JwtSecret, keySetKeys, publicKeys, secretKeys } from './jwt-fixed-keys.js';
import {
  issuerVerification,
  IssuersVerification,
  jwksUrlVerification,
} from './jwt-remote-verification.js';
import { JwtVerification, type Verification } from './jwt-verification.js';
import type { JwtIssuerOptions, JwtJwksUrlOptions, JwtKeyOptions } from './jwt-verifier.options.js';
import type { VerifiedToken } from './verified-token.js';

/**
 * Verifies signed JSON Web Tokens, as a scheme's `validate` receives them.
 *
 * Signature, `iss`, `aud`, `exp` and the class of token are always checked. Nothing in a token chooses
 * its key's origin or kind: `jwk`, `jku`, `x5u` and `x5c` are ignored. Encrypted tokens are refused, and
 * tokens bound to a key (`cnf`) unless `acceptBound`. It does not check whether a token was revoked.
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
 *     const { claims, scopes } = await this.jwt.verify(token);
 *     return { user: { id: claims.sub }, scopes };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725
 * @publicApi
 */
export class JwtVerifier<Claims extends object = JWTPayload> {
  private constructor(private readonly verification: Verification) {}

  /**
   * Verifies with a secret that the issuer shares with this API: `HS256`, or the HMAC named.
   *
   * Whoever can verify with it can sign with it.
   *
   * @throws ConfigurationError when the secret is shorter than the hash, or is a PEM key.
   */
  static fromSecret<Claims extends object = JWTPayload>(
    secret: JwtSecret,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    const keys = secretKeys(secret, options.algorithms);
    return new JwtVerifier(new JwtVerification(keys, options));
  }

  /**
   * Verifies with one public key, whatever `kid` a token names.
   *
   * @throws ConfigurationError when the key is private, secret, weak, or not for the algorithms named.
   */
  static fromKey<Claims extends object = JWTPayload>(
    key: JwtPublicKey,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    return new JwtVerifier(new JwtVerification(publicKeys(key, options.algorithms), options));
  }

  /**
   * Verifies with a set of public keys, chosen by `kid` and `alg`; it is copied and never changes.
   *
   * @throws ConfigurationError when one of the keys is private, secret or weak.
   */
  static fromJwks<Claims extends object = JWTPayload>(
    jwks: JSONWebKeySet,
    options: JwtKeyOptions,
  ): JwtVerifier<Claims> {
    return new JwtVerifier(new JwtVerification(keySetKeys(jwks, options.algorithms), options));
  }

  /**
   * Verifies with the key set at an https URL, fetched when first needed.
   *
   * @throws ConfigurationError when the URL is not https (http is for loopback only).
   */
  static fromJwksUrl<Claims extends object = JWTPayload>(
    url: string | URL,
    options: JwtJwksUrlOptions,
  ): JwtVerifier<Claims> {
    return new JwtVerifier(jwksUrlVerification(url, options));
  }

  /**
   * Verifies with the keys named by an issuer's OpenID Connect or RFC 8414 metadata.
   *
   * The metadata is fetched when first needed, and must name the issuer to the letter.
   *
   * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
   * @throws ConfigurationError when the issuer is not a plain https URL (http is for loopback only).
   */
  static fromIssuer<Claims extends object = JWTPayload>(
    issuer: string,
    options: JwtIssuerOptions,
  ): JwtVerifier<Claims> {
    return new JwtVerifier(issuerVerification(issuer, options));
  }

  /**
   * Verifies tokens of several issuers, each with its own keys; those of any other issuer are refused
   * before anything is fetched.
   *
   * @throws ConfigurationError when the list is empty, or an issuer is not a plain https URL.
   */
  static fromIssuers<Claims extends object = JWTPayload>(
    issuers: readonly string[],
    options: JwtIssuerOptions,
  ): JwtVerifier<Claims> {
    return new JwtVerifier(new IssuersVerification(issuers, options));
  }

  /**
   * Verifies a token.
   *
   * @throws InvalidTokenException when it is malformed, forged, untimely, or meant for somebody else.
   * @throws ServiceUnavailableException when the keys cannot be fetched; the `cause` says why.
   */
  verify(token: string): Promise<VerifiedToken<Claims>> {
    return this.verification.verify(token) as Promise<VerifiedToken<Claims>>;
  }

  /**
   * A token that `cache` holds, verified before and still timely, without a promise.
   *
   * `undefined` says nothing of the token, only that `verify` has to be asked.
   */
  verifyFromCache(token: string): VerifiedToken<Claims> | undefined {
    return this.verification.recall(token) as VerifiedToken<Claims> | undefined;
  }
}
