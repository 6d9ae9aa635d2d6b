import { BadRequestException, Injectable } from '@nestjs/common';
import { type Authentication, OAuth2PasswordBearer } from 'nestjs-security';
import { type Scope, SCOPES } from './scopes.js';
import { AccessTokens } from './tokens/access-tokens.js';
import type { User } from './users/user.js';
import { Users } from './users/users.js';

/** A user and what their token is good for; routes name the scopes they need. */
@Injectable()
export class UserToken extends OAuth2PasswordBearer<User, Scope> {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly users: Users,
  ) {
    super({
      tokenUrl: 'token',
      scopes: SCOPES,
      description: 'Tick scopes, and type `johndoe` and `secret`.',
    });
  }

  override async validate(token: string): Promise<Authentication<User> | null> {
    const claims = await this.tokens.verify(token);
    const user = claims && this.users.find(claims.subject);
    if (!user) return null; // 401
    if (user.disabled) throw new BadRequestException('Inactive user');
    return { user, scopes: claims.scopes, expiresAt: claims.expiresAt };
  }
}
