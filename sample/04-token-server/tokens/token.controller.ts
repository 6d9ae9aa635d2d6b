import { Controller } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  OAuth2Exception,
  type OAuth2PasswordRequestForm,
  type OAuth2TokenRequestForm,
  TokenEndpoint,
  TokenRequest,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import type { Client } from '../clients/client.entity.js';
import { Clients } from '../clients/clients.js';
import { AuthorizationCodes } from '../grants/authorization-codes.js';
import type { Grant } from '../grants/grant.entity.js';
import { Grants } from '../grants/grants.js';
import { RefreshTokens } from '../grants/refresh-tokens.js';
import { TOKEN_SECONDS } from '../keys/signing-keys.js';
import { allowedScopes } from '../scopes.js';
import { ThrottleLogins } from '../throttling/throttle-logins.js';
import { Users } from '../users/users.js';
import { AccessTokens } from './access-tokens.js';

@Controller()
export class TokenController {
  constructor(
    private readonly clients: Clients,
    private readonly users: Users,
    private readonly grants: Grants,
    private readonly codes: AuthorizationCodes,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
  ) {}

  @TokenEndpoint('token')
  @ApiOperation({ summary: 'What Authorize asks: all four grants' })
  @ThrottleLogins()
  async token(@TokenRequest() form: OAuth2TokenRequestForm): Promise<TokenResponse> {
    const client = await this.clients.authenticate(form.clientId, form.clientSecret);
    if (!client.grantTypes.includes(form.grantType)) {
      throw new OAuth2Exception('unauthorized_client', 'The client may not use this grant');
    }
    switch (form.grantType) {
      case 'password':
        return this.logIn(client, form);
      case 'authorization_code':
        return this.answer(await this.codes.redeem(form, client));
      case 'refresh_token':
        return this.answer(...(await this.refreshTokens.redeem(form, client)));
      case 'client_credentials': {
        const scopes = allowedScopes(client.scopes, form.scopes);
        return this.answer(await this.grants.create(client, null, scopes));
      }
    }
  }

  private async logIn(client: Client, form: OAuth2PasswordRequestForm): Promise<TokenResponse> {
    const account = await this.users.check(form.username, form.password);
    if (account === undefined) {
      throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
    }
    const scopes = allowedScopes(client.scopes, form.scopes);
    return this.answer(await this.grants.create(client, account, scopes));
  }

  private async answer(grant: Grant, scopes = grant.scopes): Promise<TokenResponse> {
    const { client, account } = grant;
    const refreshes = account !== null && client.grantTypes.includes('refresh_token');
    return {
      access_token: await this.accessTokens.issue(grant, scopes),
      token_type: 'bearer',
      expires_in: TOKEN_SECONDS,
      refresh_token: refreshes ? await this.refreshTokens.issue(grant) : undefined,
      scope: scopes.join(' ') || undefined,
    };
  }
}
