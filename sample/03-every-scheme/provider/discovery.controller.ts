import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-security';
import { IdTokens } from './id-tokens.js';
import { Origin } from './origin.js';

/** What an OpenID provider says about itself, for Swagger UI to read. */
@Controller()
@Public()
@ApiExcludeController()
export class DiscoveryController {
  constructor(
    private readonly origin: Origin,
    private readonly idTokens: IdTokens,
  ) {}

  @Get('.well-known/openid-configuration')
  metadata() {
    const { url } = this.origin;
    return {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/keys`,
      grant_types_supported: ['authorization_code'],
      response_types_supported: ['code'],
      scopes_supported: ['openid'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  @Get('keys')
  keys() {
    return this.idTokens.publicKeys();
  }
}
