import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { importJWK, SignJWT } from 'jose';
import { InvalidTokenException } from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import type { Grant } from '../grants/grant.entity.js';
import { Grants } from '../grants/grants.js';
import { issuer } from '../issuer.js';
import { ALGORITHM, SigningKeys, TOKEN_SECONDS } from '../keys/signing-keys.js';
import type { Scope } from '../scopes.js';

interface AccessTokenClaims {
  /** The grant that it belongs to. */
  sid: string;
}

/** Signs access tokens, and verifies them for the routes of this server itself. */
@Injectable()
export class AccessTokens {
  private readonly issuer = issuer();

  constructor(
    private readonly keys: SigningKeys,
    private readonly grants: Grants,
  ) {}

  async issue({ id, client, account }: Grant, scopes: readonly Scope[]): Promise<string> {
    const { kid, privateKey } = await this.keys.current();
    return new SignJWT({ client_id: client.id, scope: scopes.join(' '), sid: id })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid })
      .setIssuer(this.issuer)
      .setAudience(this.issuer)
      .setSubject(account?.id ?? client.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(await importJWK(privateKey, ALGORITHM));
  }

  /** Other servers accept a token until it expires; here it ends with its grant. */
  async verify(token: string): Promise<{ grant: Grant; scopes: readonly string[] }> {
    const verifier = JwtVerifier.fromJwks<AccessTokenClaims>(await this.keys.published(), {
      issuer: this.issuer,
      audience: this.issuer,
      algorithms: [ALGORITHM],
      typ: 'at+jwt',
      requiredClaims: ['sid'],
      cache: false,
    });
    const { claims, scopes } = await verifier.verify(token);
    const grant = await this.grants.find(claims.sid);
    if (grant === undefined) throw new InvalidTokenException('The token was revoked');
    return { grant, scopes };
  }
}
