import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Public } from 'nestjs-security';
import { issuer } from '../issuer.js';
import { SCOPES } from '../scopes.js';

const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'none'];

@Controller('.well-known/oauth-authorization-server')
@Public()
export class MetadataController {
  private readonly issuer = issuer();

  /**
   * Where everything is, for clients that configure themselves.
   *
   * @see https://www.rfc-editor.org/rfc/rfc8414
   */
  @Get()
  @ApiOperation({ summary: 'Always 200: where everything is' })
  @ApiOkResponse({ description: 'Authorization server metadata.' })
  metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      revocation_endpoint: `${this.issuer}/revoke`,
      jwks_uri: `${this.issuer}/.well-known/jwks.json`,
      scopes_supported: Object.keys(SCOPES),
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'password',
      ],
      token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
      revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }
}
