import { decodeJwt } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { requireProtectedUrl } from './http-url.js';
import { fetchKeySet, IssuerKeySet } from './issuer-key-set.js';
import { requireIssuerUrl } from './issuer-metadata.js';
import { JwksKeySource } from './jwks-key-source.js';
import { ASYMMETRIC, chooseAlgorithms } from './jwt-algorithms.js';
import { refusal } from './jwt-refusal.js';
import { JwtVerification, type Verification } from './jwt-verification.js';
import type { JwtIssuerOptions, JwtJwksUrlOptions } from './jwt-verifier.options.js';
import type { VerifiedToken } from './verified-token.js';

/** Verification by the key set at a URL. */
export function jwksUrlVerification(
  jwksUrl: string | URL,
  options: JwtJwksUrlOptions,
): JwtVerification {
  const url = requireProtectedUrl('JwtVerifier: the JWKS URL', jwksUrl);
  const algorithms = chooseAlgorithms(options.algorithms, ASYMMETRIC, ASYMMETRIC);
  const keys = new JwksKeySource(() => fetchKeySet(url, options), algorithms, options);
  return new JwtVerification(keys, options);
}

/** Verification by the key set that an issuer's metadata names. */
export function issuerVerification(issuer: string, options: JwtIssuerOptions): JwtVerification {
  requireIssuerUrl(issuer);
  const keySet = new IssuerKeySet(issuer, options);
  const algorithms = chooseAlgorithms(options.algorithms, ASYMMETRIC, ASYMMETRIC);
  const keys = new JwksKeySource(() => keySet.fetch(), algorithms, options);
  return new JwtVerification(keys, { ...options, issuer });
}

/** Verification by the one of several issuers that a token claims to be from. */
export class IssuersVerification implements Verification {
  private readonly byIssuer: ReadonlyMap<unknown, JwtVerification>;

  constructor(issuers: readonly string[], options: JwtIssuerOptions) {
    if (!Array.isArray(issuers) || issuers.length === 0) {
      throw new ConfigurationError('JwtVerifier: issuers must be a list that is not empty');
    }
    this.byIssuer = new Map(issuers.map((issuer) => [issuer, issuerVerification(issuer, options)]));
  }

  async verify(token: string): Promise<VerifiedToken> {
    const verification = this.byIssuer.get(claimedIssuer(token));
    if (verification === undefined) throw new InvalidTokenException('The issuer is not accepted');
    return verification.verify(token);
  }

  recall(token: string): VerifiedToken | undefined {
    for (const verification of this.byIssuer.values()) {
      const remembered = verification.recall(token);
      if (remembered !== undefined) return remembered;
    }
    return undefined;
  }
}

/** What nobody has vouched for yet: it may only choose among issuers that are trusted anyway. */
function claimedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    throw refusal(error);
  }
}
