import { Body, Controller } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentUser, InvalidTokenException, optional, Security } from 'nestjs-security';
import { OAuth2Exception, TokenEndpoint } from 'nestjs-security/token-endpoint';
import type { Client } from '../clients/client.entity.js';
import { ClientSecret } from '../clients/client-secret.scheme.js';
import { Clients } from '../clients/clients.js';
import type { Grant } from '../grants/grant.entity.js';
import { Grants } from '../grants/grants.js';
import { RefreshTokens } from '../grants/refresh-tokens.js';
import { AccessTokens } from './access-tokens.js';
import { RevocationForm } from './revocation-form.js';

@Controller()
export class RevocationController {
  constructor(
    private readonly clients: Clients,
    private readonly grants: Grants,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
  ) {}

  /**
   * Logs out: the token ends, and every other of the same login. A token that is not good anyway is no error.
   *
   * @see https://www.rfc-editor.org/rfc/rfc7009
   */
  @TokenEndpoint('revoke')
  @ApiOperation({ summary: 'With a token and its client: 200, logged out' })
  @Security(optional(ClientSecret))
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: RevocationForm })
  @ApiOkResponse({ description: 'The token is not good any more.' })
  async revoke(@CurrentUser() basic: Client | null, @Body() body: unknown): Promise<void> {
    const form = RevocationForm.read(body);
    const client = basic ?? (await this.clients.authenticate(form.client_id, form.client_secret));
    const grant = (await this.ofRefreshToken(form.token)) ?? (await this.ofAccessToken(form.token));
    if (grant === undefined) return;
    if (grant.client.id !== client.id) {
      throw new OAuth2Exception('unauthorized_client', 'The token is not of this client');
    }
    await this.grants.revoke(grant);
  }

  private async ofRefreshToken(token: string): Promise<Grant | undefined> {
    return (await this.refreshTokens.find(token))?.grant;
  }

  private async ofAccessToken(token: string): Promise<Grant | undefined> {
    try {
      return (await this.accessTokens.verify(token)).grant;
    } catch (error) {
      if (error instanceof InvalidTokenException) return undefined;
      throw error;
    }
  }
}
