import { errors, type JWTVerifyResult, type JWTVerifyOptions, jwtVerify } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { JwtKeys } from './jwt-keys.js';
import { refusal } from './jwt-refusal.js';
import { JwtRules } from './jwt-rules.js';
import type { JwtKeyOptions } from './jwt-verifier.options.js';
import { VerifiedTokenCache } from './verified-token-cache.js';
import { grantedScopes } from './verified-token-scopes.js';
import { freezeJson, type VerifiedToken } from './verified-token.js';

interface Remembered {
  readonly verified: VerifiedToken;
  /** That of the keys when the verification began. */
  readonly revision: number;
}

/** How a verifier checks tokens. */
export interface Verification {
  verify(token: string): Promise<VerifiedToken>;
  /** What was found out before, if it still holds; it says nothing about other tokens. */
  recall(token: string): VerifiedToken | undefined;
}

/** The checks of one issuer's tokens. */
export class JwtVerification implements Verification {
  private readonly rules: JwtRules;
  private readonly cache: VerifiedTokenCache<Remembered> | undefined;

  constructor(
    private readonly keys: JwtKeys,
    options: JwtKeyOptions,
  ) {
    this.rules = new JwtRules(options, options.issuer, keys.algorithms);
    this.cache =
      options.cache && new VerifiedTokenCache<Remembered>('JwtVerifier: cache', options.cache);
  }

  verify(token: string): Promise<VerifiedToken> {
    const remembered = this.recall(token);
    return remembered === undefined ? this.verifyAnew(token) : Promise.resolve(remembered);
  }

  recall(token: string): VerifiedToken | undefined {
    const remembered = typeof token === 'string' ? this.cache?.get(token) : undefined;
    return remembered?.revision === this.keys.revision &&
      this.rules.isTimely(remembered.verified.claims)
      ? remembered.verified
      : undefined;
  }

  private async verifyAnew(token: string): Promise<VerifiedToken> {
    if (typeof token !== 'string') throw new InvalidTokenException('The token is malformed');
    const { revision } = this.keys;
    const verified = await this.read(token);
    this.cache?.set(token, { verified, revision }, verified.claims.exp);
    return verified;
  }

  private async read(token: string): Promise<VerifiedToken> {
    const { payload, protectedHeader } = await this.checkSignature(token).catch((error) => {
      throw refusal(error);
    });
    this.rules.check(protectedHeader, payload);
    return freezeJson({
      claims: payload,
      header: protectedHeader,
      scopes: grantedScopes(payload),
    });
  }

  private async checkSignature(token: string): Promise<JWTVerifyResult> {
    const { verifyOptions } = this.rules;
    const { key } = this.keys;
    if (typeof key !== 'function') return jwtVerify(token, key, verifyOptions);
    try {
      return await jwtVerify(token, key, verifyOptions);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return tryEachKey(token, error, verifyOptions);
    }
  }
}

/** A token that names no key may be signed by any of those that fit its algorithm. */
async function tryEachKey(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  for await (const key of candidates) {
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
