import { Injectable } from '@nestjs/common';
import { type Authentication, OAuth2ClientCredentialsBearer } from 'nestjs-security';
import { SCOPES } from './scopes.js';
import { AccessTokens } from './tokens/access-tokens.js';

/** A client that acts for itself; whatever a user allowed it is no token of this kind. */
@Injectable()
export class ServiceToken extends OAuth2ClientCredentialsBearer<string, 'users'> {
  constructor(private readonly tokens: AccessTokens) {
    super({
      description: 'Try the client `backend` with the secret `backend-secret`.',
      tokenUrl: 'token',
      scopes: { users: SCOPES.users },
    });
  }

  override async validate(token: string): Promise<Authentication<string> | null> {
    const { grant, scopes } = await this.tokens.verify(token);
    return grant.account ? null : { user: grant.client.id, scopes };
  }
}
