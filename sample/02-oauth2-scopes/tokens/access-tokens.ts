import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { InvalidTokenException } from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import { signingKey } from './signing-key.js';

export const TOKEN_SECONDS = 30 * 60;
const ALGORITHM = 'HS256';
const ISSUER = 'https://items.example';
const AUDIENCE = 'https://items.example/api';

export interface AccessTokenClaims {
  subject: string;
  scopes: readonly string[];
}

export interface VerifiedAccessToken extends AccessTokenClaims {
  /** In seconds since the epoch. */
  expiresAt: number;
}

/** Signs access tokens, and reads those it signed. */
@Injectable()
export class AccessTokens {
  private readonly key = signingKey();
  private readonly verifier = JwtVerifier.fromSecret<{ sub: string }>(this.key, {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [ALGORITHM],
    requiredClaims: ['sub'],
    clockTolerance: 0, // What signs them has the same clock.
  });

  issue({ subject, scopes }: AccessTokenClaims): Promise<string> {
    return new SignJWT({ scope: scopes.join(' ') })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(this.key);
  }

  /** The claims of a token, or `null` when it is not one of ours or has expired. */
  async verify(token: string): Promise<VerifiedAccessToken | null> {
    try {
      const { claims, scopes, expiresAt } = await this.verifier.verify(token);
      return { subject: claims.sub, scopes, expiresAt };
    } catch (error) {
      if (error instanceof InvalidTokenException) return null;
      throw error;
    }
  }
}
