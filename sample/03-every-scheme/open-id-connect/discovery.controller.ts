import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-security';

/** What an OpenID provider says about itself, for Swagger UI to read; there is no provider behind it. */
@Controller('.well-known/openid-configuration')
@ApiExcludeController()
@Public()
export class DiscoveryController {
  @Get()
  read() {
    return {
      issuer: 'https://login.example',
      authorization_endpoint: 'https://login.example/authorize',
      token_endpoint: 'https://login.example/token',
      jwks_uri: 'https://login.example/keys',
      grant_types_supported: ['authorization_code'],
      response_types_supported: ['code'],
      scopes_supported: ['openid'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }
}
