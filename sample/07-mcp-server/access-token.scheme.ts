import { Injectable } from '@nestjs/common';
import {
  type Authentication,
  InvalidTokenException,
  OAuth2AuthorizationCodeBearer,
} from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import { ISSUER, RESOURCE } from './settings.js';

/** What a token may be good for, and how a person is asked for it. */
export const SCOPES = {
  'notes:read': 'Read your notes.',
  'notes:write': 'Write notes.',
};

export interface User {
  readonly id: string;
}

/** A token of the authorization server, for this server and no other. */
@Injectable()
export class AccessToken extends OAuth2AuthorizationCodeBearer<User, keyof typeof SCOPES> {
  private readonly verifier = JwtVerifier.fromIssuer(ISSUER, {
    audience: RESOURCE,
    typ: 'at+jwt',
  });

  constructor() {
    super({ authorizationUrl: `${ISSUER}/auth`, tokenUrl: `${ISSUER}/token`, scopes: SCOPES });
  }

  override async validate(token: string): Promise<Authentication<User>> {
    const { claims, scopes, expiresAt } = await this.verifier.verify(token);
    if (claims.sub === undefined) throw new InvalidTokenException('The token names no user');
    return { user: { id: claims.sub }, scopes, expiresAt };
  }
}
