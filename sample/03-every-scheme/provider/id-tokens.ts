import { Injectable } from '@nestjs/common';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { Origin } from './origin.js';

/** What makes this provider one of OpenID: it signs who logged in. */
@Injectable()
export class IdTokens {
  private readonly keys = generateKeyPair('RS256');

  constructor(private readonly origin: Origin) {}

  async issue(clientId: string, nonce: string | undefined): Promise<string> {
    return new SignJWT({ nonce })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(this.origin.url)
      .setSubject('demo')
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign((await this.keys).privateKey);
  }

  async publicKeys(): Promise<JSONWebKeySet> {
    return { keys: [await exportJWK((await this.keys).publicKey)] };
  }
}
