import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { OAuth2RefreshTokenRequestForm } from 'nestjs-security/token-endpoint';
import { Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { allowedScopes, type Scope } from '../scopes.js';
import { digestOf, newToken } from '../secrets.js';
import type { Grant } from './grant.entity.js';
import { Grants } from './grants.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Refresh tokens rotate: each buys the next one, once. */
@Injectable()
export class RefreshTokens extends OneTimeTokens<RefreshToken> {
  constructor(
    @InjectRepository(RefreshToken) private readonly refreshTokens: Repository<RefreshToken>,
    grants: Grants,
  ) {
    super(refreshTokens, grants);
  }

  async issue(grant: Grant): Promise<string> {
    const token = newToken();
    await this.refreshTokens.insert({ digest: digestOf(token), grant, used: false });
    return token;
  }

  /** The grant, and the scopes of it that were asked for: all, unless some were named. */
  async redeem(form: OAuth2RefreshTokenRequestForm, client: Client): Promise<[Grant, Scope[]]> {
    const { grant } = await this.use(form.refreshToken, client, ({ grant: { scopes } }) => {
      allowedScopes(scopes, form.scopes);
    });
    return [grant, allowedScopes(grant.scopes, form.scopes)];
  }
}
