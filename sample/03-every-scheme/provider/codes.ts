import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  type OAuth2AuthorizationCodeRequestForm,
  verifyCodeChallenge,
} from 'nestjs-security/token-endpoint';

/** What of an authorization request counts again once its code is redeemed. */
export interface AuthorizationRequest {
  client_id: string;
  redirect_uri: string;
  code_challenge: string;
  nonce?: string;
}

/** Authorization codes: each is good for a minute, and once. */
@Injectable()
export class Codes {
  private readonly requests = new LRUCache<string, AuthorizationRequest>({
    max: 1000,
    ttl: 60_000,
  });

  issue(request: AuthorizationRequest): string {
    const code = randomBytes(32).toString('base64url');
    this.requests.set(code, request);
    return code;
  }

  redeem(form: OAuth2AuthorizationCodeRequestForm): AuthorizationRequest | undefined {
    const request = this.requests.get(form.code);
    this.requests.delete(form.code);
    const isSame =
      request?.client_id === form.clientId &&
      request.redirect_uri === form.redirectUri &&
      verifyCodeChallenge(form.codeVerifier, request.code_challenge);
    return isSame ? request : undefined;
  }
}
