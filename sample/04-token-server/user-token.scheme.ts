import { Injectable } from '@nestjs/common';
import { type Authentication, OAuth2AuthorizationCodeBearer } from 'nestjs-security';
import { SCOPES } from './scopes.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { toUser, type User } from './users/user.js';

/** Someone who logged in. */
@Injectable()
export class UserToken extends OAuth2AuthorizationCodeBearer<User, 'me'> {
  constructor(private readonly tokens: AccessTokens) {
    super({
      description: 'Try `johndoe` with the password `secret`.',
      authorizationUrl: 'authorize',
      tokenUrl: 'token',
      refreshUrl: 'token',
      scopes: { me: SCOPES.me },
    });
  }

  override async validate(token: string): Promise<Authentication<User> | null> {
    const { grant, scopes } = await this.tokens.verify(token);
    return grant.account && { user: toUser(grant.account), scopes };
  }
}
