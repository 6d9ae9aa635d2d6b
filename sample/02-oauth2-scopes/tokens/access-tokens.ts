import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { signingKey } from './signing-key.js';

export const TOKEN_SECONDS = 30 * 60;
const ALGORITHM = 'HS256';
const ISSUER = 'https://items.example';
const AUDIENCE = 'https://items.example/api';

export interface AccessTokenClaims {
  subject: string;
  scopes: string[];
}

/** Signs access tokens, and reads those it signed. */
@Injectable()
export class AccessTokens {
  private readonly key = signingKey();

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
  async verify(token: string): Promise<AccessTokenClaims | null> {
    try {
      const { payload } = await jwtVerify<{ scope: string }>(token, this.key, {
        algorithms: [ALGORITHM],
        typ: 'at+jwt',
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp', 'scope'],
      });
      return { subject: payload.sub!, scopes: payload.scope.split(' ').filter(Boolean) };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
