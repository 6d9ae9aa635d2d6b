import { Injectable } from '@nestjs/common';
import {
  type Authentication,
  InvalidTokenException,
  OAuth2AuthorizationCodeBearer,
} from 'nestjs-security';
import { JwtVerifier, TokenIntrospector } from 'nestjs-security/tokens';
import { type Scope, SCOPES } from './scopes.js';
import { Settings } from './settings.js';
import type { User } from './user.js';

/** A token of the provider: it verifies those that it can read, and asks the provider about the others. */
@Injectable()
export class AccessToken extends OAuth2AuthorizationCodeBearer<User, Scope> {
  private readonly jwt: JwtVerifier;
  private readonly introspector: TokenIntrospector;

  constructor({ issuer, audience, ...settings }: Settings) {
    const { authorizationUrl, tokenUrl } = settings;
    super({ authorizationUrl, tokenUrl, scopes: SCOPES });
    this.jwt = JwtVerifier.fromIssuer(issuer, { audience, typ: 'at+jwt' });
    this.introspector = new TokenIntrospector({
      endpoint: settings.introspectionUrl,
      clientId: settings.apiClientId,
      clientSecret: settings.apiClientSecret,
      issuer,
      audience,
    });
  }

  override async validate(token: string): Promise<Authentication<User>> {
    const verified = isJwt(token)
      ? await this.jwt.verify(token)
      : await this.introspector.introspect(token);
    const { claims, scopes, expiresAt } = verified;
    if (claims.sub === undefined) throw new InvalidTokenException('The token names no user');
    return { user: { id: claims.sub }, scopes, expiresAt };
  }
}

/** The provider's opaque tokens have no dots, and a JSON Web Token has two. */
function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}
